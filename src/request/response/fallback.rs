//! Replies that say there is no answer.
//!
//! Owns the words services and models use for it, in several languages. Must not know what is
//! done about such a reply.

use std::sync::LazyLock;

use regex::Regex;

/// A reply without an answer says so at once: the first so many characters are looked at.
const LOOKED_AT: usize = 400;

/// The phrases known without a scenario naming any.
const PHRASES: &[&str] = &[
    // English
    r"\bI (?:do not|don['’]t) (?:know|have (?:enough|sufficient|any) (?:information|context|data))\b",
    r"\bI(?: am|['’]m) (?:not able|unable) to (?:answer|provide|find|help)\b",
    r"\bI (?:cannot|can['’]t|could not|couldn['’]t|was unable to) (?:answer|find|provide|locate)\b",
    r"\b(?:no|not enough|insufficient) (?:relevant )?(?:information|context|documents?|results?) (?:(?:is|was|were|are) )?(?:found|available|provided|to answer)\b",
    r"\b(?:answer|information) you are looking for is not found\b",
    r"\b(?:context|documents?|sources?) (?:provided )?(?:do|does) not (?:contain|include|mention|provide)\b",
    // German
    r"\b(?:das )?wei(?:ß|ss) ich (?:leider )?nicht\b",
    r"\bich (?:weiß|weiss) (?:es |das )?(?:leider )?nicht\b",
    r"\bkann (?:ich )?(?:diese|die|deine|ihre) frage (?:leider )?nicht beantworten\b",
    r"\bkeine (?:relevanten |passenden )?(?:informationen|dokumente|angaben) (?:gefunden|verfügbar|vorhanden)\b",
    // French
    r"\bje ne (?:sais|connais) pas\b",
    r"\bje ne (?:peux|trouve) pas (?:répondre|trouver|d['’]information)",
    r"\baucune information (?:pertinente )?(?:trouvée|disponible)",
    // Spanish and Portuguese
    r"\bno (?:lo )?sé la respuesta\b",
    r"\bno (?:puedo|tengo (?:suficiente )?información para) responder\b",
    r"\bno (?:se )?(?:encontré|encontró|encontraron) (?:ninguna )?información\b",
    r"\bnão (?:sei|consigo|posso) (?:responder|a resposta)\b",
    // Italian
    r"\bnon (?:lo so|so rispondere|posso rispondere|ho (?:trovato|abbastanza) informazioni)\b",
    // Chinese, Japanese
    "(?:我不知道|无法回答|無法回答|没有找到相关|沒有找到相關|知识库中未找到)",
    "(?:わかりません|分かりません|見つかりませんでした|お答えできません)",
];

static KNOWN: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let compiled = |phrase: &&str| Regex::new(&format!("(?i){phrase}")).ok();
    PHRASES.iter().filter_map(compiled).collect()
});

/// The phrases known without a scenario naming any.
#[must_use]
pub fn known_phrases() -> &'static [Regex] {
    &KNOWN
}

/// The first of these phrases that the reply begins with, more or less; what it says word for
/// word.
pub(super) fn fallback_phrase<'a>(answer: &'a str, phrases: &[Regex]) -> Option<&'a str> {
    let end = answer.char_indices().nth(LOOKED_AT);
    let looked_at = end.map_or(answer, |(end, _)| &answer[..end]);
    phrases
        .iter()
        .find_map(|phrase| phrase.find(looked_at))
        .map(|found| found.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_compiles() {
        assert_eq!(known_phrases().len(), PHRASES.len());
    }

    #[test]
    fn replies_without_an_answer_are_told_from_answers() {
        for reply in [
            "I don't know.",
            "Sorry, I'm not able to provide an answer to that question.",
            "I cannot answer this from the documents I have: none of them mentions it.",
            "The answer you are looking for is not found in the dataset!",
            "The provided context does not mention prices.",
            "Das weiß ich leider nicht.",
            "Je ne sais pas.",
            "No tengo suficiente información para responder.",
            "Non so rispondere a questa domanda.",
            "抱歉，我不知道。",
            "申し訳ありませんが、見つかりませんでした。",
        ] {
            assert!(fallback_phrase(reply, known_phrases()).is_some(), "{reply}");
        }
        let late = format!("{} I don't know.", "A long answer. ".repeat(40));
        for answer in [
            "Vector similarity search finds the nearest points.",
            "The results were found by cosine similarity; information is available in chapter 2.",
            "Customers don't know about the new feature yet.",
            &late,
        ] {
            assert_eq!(fallback_phrase(answer, known_phrases()), None, "{answer}");
        }
    }
}
