//! What one source file says about itself: its module, what it names, how long its parts are.
//!
//! Code under `#[cfg(test)]` and files named `tests.rs` count for nothing: tests may reach anywhere.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, ImplItemFn, Item, ItemFn, ItemMod, Macro, Meta, Signature, UseTree};

/// Macros that write to the terminal.
const PRINTS: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

/// A path that a file names, resolved: `crate::load::WaitTime`, `std::fs::read`.
pub(super) struct Mention {
    pub(super) path: String,
    pub(super) line: usize,
}

/// A function with its length from `fn` to the closing brace.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) lines: usize,
}

/// One file without its tests.
pub(super) struct Source {
    /// `src/load/wait.rs`
    pub(super) file: String,
    /// `load`, `wait`; `main` for the binary and nothing for the library's root.
    pub(super) module: Vec<String>,
    pub(super) lines: usize,
    pub(super) says_what_it_is: bool,
    pub(super) mentions: Vec<Mention>,
    pub(super) functions: Vec<Function>,
    /// Each macro that prints, as a path of one name.
    pub(super) prints: Vec<Mention>,
    /// Modules declared under `#[cfg(test)]` whose text is in files of their own.
    test_modules: Vec<Vec<String>>,
}

impl Source {
    /// The module's name at the top level of the crate; empty for the library's root.
    pub(super) fn top(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }

    /// Reads a file's text; `file` is its path inside the project.
    pub(super) fn parse(file: &str, text: &str) -> Self {
        let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let module = module_of(file);
        let mut reader = Reader {
            module: module.clone(),
            ..Reader::default()
        };
        reader.visit_file(&syntax);
        Self {
            file: file.to_owned(),
            module,
            lines: text.lines().count().saturating_sub(reader.test_lines),
            says_what_it_is: text.starts_with("//!"),
            mentions: reader.mentions(),
            functions: reader.functions,
            prints: reader.prints,
            test_modules: reader.test_modules,
        }
    }
}

/// Reads every file under a folder, without the files that are tests.
pub(super) fn read_tree(root: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(root).expect("a path below the root");
                let file = format!("src/{}", inside.to_string_lossy().replace('\\', "/"));
                let text = fs::read_to_string(&path).expect("a source of text");
                sources.push(Source::parse(&file, &text));
            }
        }
    }
    without_tests(sources)
}

/// Leaves out `tests.rs` and whatever is declared under `#[cfg(test)]`.
pub(super) fn without_tests(mut sources: Vec<Source>) -> Vec<Source> {
    let tests: Vec<_> = sources
        .iter_mut()
        .flat_map(|s| s.test_modules.split_off(0))
        .collect();
    sources.retain(|source| {
        let declared = tests.iter().any(|test| source.module.starts_with(test));
        !declared && !source.module.iter().any(|name| name == "tests")
    });
    sources.sort_by(|a, b| a.file.cmp(&b.file));
    sources
}

/// `src/load/wait.rs` is `load`, `wait`; `src/load/mod.rs` is `load`.
fn module_of(file: &str) -> Vec<String> {
    let inside = file
        .strip_prefix("src/")
        .unwrap_or(file)
        .trim_end_matches(".rs");
    let mut names: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if names
        .last()
        .is_some_and(|last| last == "mod" || last == "lib")
    {
        names.pop();
    }
    names
}

/// A path as written, with the module it was written in.
struct Written {
    segments: Vec<String>,
    module: Vec<String>,
    line: usize,
}

/// Walks a file's syntax tree and notes what it meets.
#[derive(Default)]
struct Reader {
    module: Vec<String>,
    written: Vec<Written>,
    /// What the names that `use` brings in stand for.
    aliases: HashMap<String, Vec<String>>,
    functions: Vec<Function>,
    prints: Vec<Mention>,
    test_lines: usize,
    test_modules: Vec<Vec<String>>,
}

impl Reader {
    fn mentions(&self) -> Vec<Mention> {
        let resolved = self.written.iter().map(|written| Mention {
            path: self
                .through_alias(resolve(&written.segments, &written.module))
                .join("::"),
            line: written.line,
        });
        resolved.collect()
    }

    /// `time::Instant` after `use std::time` is `std::time::Instant`.
    fn through_alias(&self, path: Vec<String>) -> Vec<String> {
        match self.aliases.get(&path[0]) {
            Some(whole) if path.len() > 1 => [whole.as_slice(), &path[1..]].concat(),
            _ => path,
        }
    }

    fn note(&mut self, segments: Vec<String>, line: usize) {
        self.written.push(Written {
            segments,
            module: self.module.clone(),
            line,
        });
    }

    fn import(&mut self, tree: &UseTree, before: &[String]) {
        let line = tree.span().start().line;
        match tree {
            UseTree::Path(path) => {
                let longer = [before, &[path.ident.to_string()]].concat();
                self.import(&path.tree, &longer);
            }
            UseTree::Name(name) if name.ident == "self" => self.bring(before.to_vec(), None, line),
            UseTree::Name(name) => {
                self.bring([before, &[name.ident.to_string()]].concat(), None, line);
            }
            UseTree::Rename(rename) => {
                let path = [before, &[rename.ident.to_string()]].concat();
                self.bring(path, Some(rename.rename.to_string()), line);
            }
            UseTree::Glob(_) => self.note([before, &["*".to_owned()]].concat(), line),
            UseTree::Group(group) => group
                .items
                .iter()
                .for_each(|tree| self.import(tree, before)),
        }
    }

    fn bring(&mut self, path: Vec<String>, name: Option<String>, line: usize) {
        let resolved = resolve(&path, &self.module);
        let name = name
            .or_else(|| resolved.last().cloned())
            .unwrap_or_default();
        // `use reqwest;` stands for itself.
        if resolved.len() > 1 {
            self.aliases.insert(name, resolved);
        }
        self.note(path, line);
    }

    /// Paths and prints inside a macro's or an attribute's tokens, which are not parsed.
    fn scan(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut colons, mut line) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.end_path(&mut path, line);
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    if matches!(&other, TokenTree::Punct(mark) if mark.as_char() == '!') {
                        self.note_print(path.last(), line);
                    }
                    self.end_path(&mut path, line);
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.scan(group.stream());
                    }
                }
            }
        }
        self.end_path(&mut path, line);
    }

    fn end_path(&mut self, path: &mut Vec<String>, line: usize) {
        let path = std::mem::take(path);
        if path.len() > 1 {
            self.note(path, line);
        }
    }

    fn note_print(&mut self, name: Option<&String>, line: usize) {
        if let Some(name) = name.filter(|name| PRINTS.contains(&name.as_str())) {
            self.prints.push(Mention {
                path: format!("{name}!"),
                line,
            });
        }
    }

    fn measure(&mut self, signature: &Signature, block: &Block) {
        let line = signature.fn_token.span.start().line;
        let end = block.brace_token.span.close().end().line;
        let name = signature.ident.to_string();
        self.functions.push(Function {
            name,
            line,
            lines: end + 1 - line,
        });
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            return visit::visit_item(self, item);
        }
        self.test_lines += item.span().end().line + 1 - item.span().start().line;
        if let Item::Mod(ItemMod {
            ident,
            content: None,
            ..
        }) = item
        {
            self.test_modules
                .push([self.module.as_slice(), &[ident.to_string()]].concat());
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, &[]);
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !is_test(&item.attrs) {
            self.measure(&item.sig, &item.block);
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let segments = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string());
            self.note(segments.collect(), path.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        let name = item
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string());
        self.note_print(name.as_ref(), item.path.span().start().line);
        self.scan(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.scan(list.tokens.clone());
        }
        visit::visit_attribute(self, attribute);
    }
}

/// A path from the root of its crate: `crate`, `self` and `super` taken away.
fn resolve(segments: &[String], module: &[String]) -> Vec<String> {
    let ups = segments
        .iter()
        .take_while(|name| *name == "super" || *name == "self")
        .count();
    if ups == 0 {
        return segments.to_vec();
    }
    let supers = segments[..ups]
        .iter()
        .filter(|name| *name == "super")
        .count();
    let here = &module[..module.len().saturating_sub(supers)];
    [&["crate".to_owned()], here, &segments[ups..]].concat()
}

/// Whether something is compiled for tests only.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string();
            let mut words = condition.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.any(|word| word == "test") && !condition.contains("not")
        }
        _ => false,
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
