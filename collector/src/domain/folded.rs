//! Folded text: the one spelling under which words are compared, searched and sorted.
//!
//! Comes in: what people typed or devices said. Goes out: lower case, without accents or ligatures, every run of other
//! characters one space. Absent on purpose: languages; French and English fold alike.

/// Folds `text`: `"  Élémentaire n° 1 "` and `"elementaire_n-1"` both give `"elementaire n 1"`.
///
/// Only letters that Western European school lists hold are unfolded; others stay as they are in lower case.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.chars() {
        // Accents written apart from their letter (decomposed Unicode, as macOS writes file names) vanish without a gap.
        if matches!(letter, '\u{0300}'..='\u{036f}') {
            continue;
        }
        if !letter.is_alphanumeric() && letter != '+' {
            gap = !folded.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            folded.push(' ');
        }
        match plain(letter) {
            "" => folded.extend(letter.to_lowercase()),
            plain => folded.push_str(plain),
        }
    }
    folded
}

/// The plain letters that a letter with an accent or a ligature stands for; empty for every other letter.
fn plain(letter: char) -> &'static str {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' => "a",
        'ç' | 'Ç' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => "i",
        'ñ' | 'Ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' => "u",
        'ý' | 'ÿ' | 'Ý' | 'Ÿ' => "y",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ß' => "ss",
        _ => "",
    }
}

/// Letters and digits in lower case: how serials, labels and MACs are compared.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_fold_to_one() {
        for (text, expected) in [
            ("  Élémentaire n° 1 ", "elementaire n 1"),
            ("elementaire_n-1", "elementaire n 1"),
            ("E\u{301}cole", "ecole"),
            ("Cœur d'Œuvre", "coeur d oeuvre"),
            ("REP+", "rep+"),
            ("—", ""),
            ("Ἀθήνα", "ἀθήνα"),
            ("àáâãäåÀÅ", "aaaaaaaa"),
            ("çÇ", "cc"),
            ("èéêëÈË", "eeeeee"),
            ("ìíîïÎ", "iiiii"),
            ("ñÑ", "nn"),
            ("òóôõöÔ", "oooooo"),
            ("ùúûüÛ", "uuuuu"),
            ("ýÿŸ", "yyy"),
            ("æÆœŒß", "aeaeoeoess"),
            ("a  --  b", "a b"),
        ] {
            assert_eq!(fold(text), expected, "{text:?}");
        }
        assert_eq!(squeezed(" SN-12_é 3B "), "sn123b");
    }
}
