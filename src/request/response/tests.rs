//! Behaviour of the module above: whole answers.
