//! A day's round: in which order one goes from school to school.
//!
//! Comes in: stops with their positions. Goes out: their order. Absent on purpose: roads and hours (nobody here knows them), what is done at each stop.

/// Where a stop is, and what it is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop {
    /// Name, folded: the order where nothing is known of positions.
    pub name: String,
    /// Degrees north and east.
    pub at: Option<(f64, f64)>,
    /// Its most pressing deadline; the round begins with the least of them.
    pub pressing: i64,
}

/// Positions of the stops in the order in which one visits them: first what presses most, then each time the nearest. Stops of which nobody knows where
/// they lie come last, by name; where none is known, all are in order of their names.
pub fn order(stops: &[Stop]) -> Vec<usize> {
    let mut known: Vec<usize> = (0..stops.len()).filter(|index| stops[*index].at.is_some()).collect();
    let mut unknown: Vec<usize> = (0..stops.len()).filter(|index| stops[*index].at.is_none()).collect();
    unknown.sort_by(|a, b| stops[*a].name.cmp(&stops[*b].name));
    let mut order = Vec::with_capacity(stops.len());
    let first = known.iter().copied().min_by(|a, b| (stops[*a].pressing, &stops[*a].name).cmp(&(stops[*b].pressing, &stops[*b].name)));
    let mut next = first;
    while let Some(here) = next {
        known.retain(|index| *index != here);
        order.push(here);
        let nearer = |a: &usize, b: &usize| {
            apart(&stops[here], &stops[*a]).total_cmp(&apart(&stops[here], &stops[*b])).then(stops[*a].name.cmp(&stops[*b].name))
        };
        next = known.iter().copied().min_by(nearer);
    }
    order.extend(unknown);
    order
}

/// How far apart two stops are: the square of it, in degrees of latitude. Within a town the earth is flat, but a degree east is shorter than one north.
fn apart(one: &Stop, other: &Stop) -> f64 {
    let (Some((north, east)), Some((other_north, other_east))) = (one.at, other.at) else { return f64::MAX };
    let shrink = ((north + other_north) / 2.0).to_radians().cos();
    (north - other_north).powi(2) + ((east - other_east) * shrink).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Told<'a> = (&'a str, Option<(f64, f64)>, i64);

    fn check(stops: &[Told<'_>], expected: &str) {
        let stops: Vec<Stop> = stops.iter().map(|(name, at, pressing)| Stop { name: (*name).to_owned(), at: *at, pressing: *pressing }).collect();
        let names: Vec<&str> = order(&stops).into_iter().map(|index| stops[index].name.as_str()).collect();
        assert_eq!(names.join(" "), expected);
    }

    #[test]
    fn what_presses_comes_first_and_then_the_nearest() {
        check(&[("a", Some((48.0, 2.0)), 9), ("b", Some((48.3, 2.0)), 1), ("c", Some((48.1, 2.0)), 5), ("d", Some((48.25, 2.0)), 7)], "b d c a");
        // A degree east is two thirds of one north, here: d is nearer than c.
        check(&[("a", Some((48.0, 2.0)), 0), ("c", Some((48.1, 2.0)), 5), ("d", Some((48.0, 2.13)), 5)], "a d c");
    }

    #[test]
    fn a_degree_east_is_half_of_one_north_at_the_sixtieth_parallel() {
        let at = |north: f64, east: f64| Stop { name: String::new(), at: Some((north, east)), pressing: 0 };
        assert!((apart(&at(60.0, 2.0), &at(60.0, 3.0)) - 0.25).abs() < 1e-9);
        assert!((apart(&at(59.0, 2.0), &at(61.0, 3.0)) - 4.25).abs() < 1e-9);
    }

    #[test]
    fn without_positions_names_are_the_order() {
        check(&[("zola", None, 1), ("camus", None, 9)], "camus zola");
        check(&[("zola", None, 0), ("camus", Some((48.0, 2.0)), 9), ("ferry", None, 5)], "camus ferry zola");
        check(&[("b", Some((48.0, 2.0)), 3), ("a", Some((48.0, 2.0)), 3)], "a b");
        check(&[], "");
    }
}
