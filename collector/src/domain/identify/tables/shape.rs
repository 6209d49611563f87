//! Shapes: how makers make up codes and names, written so that a machine and a person read them alike.
//!
//! Comes in: a code and a shape: `#` a digit, `@` a letter, `?` either, `%` a hexadecimal digit, `*` whatever follows, all else itself in
//! either case. Goes out: whether the one has the other. Absent on purpose: pieces to be taken out (`grammars`).

/// Whether a code has a shape.
pub fn has_shape(code: &str, shape: &str) -> bool {
    let mut code = code.bytes();
    let mut shape = shape.bytes();
    loop {
        let (wanted, found) = match shape.next() {
            Some(b'*') => return true,
            wanted => (wanted, code.next()),
        };
        let fits = match (wanted, found) {
            (None, None) => return true,
            (Some(b'#'), Some(c)) => c.is_ascii_digit(),
            (Some(b'@'), Some(c)) => c.is_ascii_alphabetic(),
            (Some(b'?'), Some(c)) => c.is_ascii_alphanumeric(),
            (Some(b'%'), Some(c)) => c.is_ascii_hexdigit(),
            (Some(wanted), Some(c)) => wanted.eq_ignore_ascii_case(&c),
            _ => false,
        };
        if !fits {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_fit_from_beginning_to_end() {
        for (code, shape, expected) in [
            ("SM-T510", "SM-T##*", true),
            ("sm-t51", "SM-T##*", true),
            ("SM-T5", "SM-T##*", false),
            ("K01B", "K0#@", true),
            ("K01BX", "K0#@", false),
            ("BRN001BA9", "BRN%%%%%%", true),
            ("", "*", true),
            ("", "#", false),
        ] {
            assert_eq!(has_shape(code, shape), expected, "{code} {shape}");
        }
    }
}
