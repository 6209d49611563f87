//! Where schools lie: a drawing of points on a plane, or of cells where there are too many.
//!
//! Comes in: points with degrees north and east, size and state. Goes out: coordinates for a template. Absent on purpose: streets and rivers (no other
//! server is asked for a picture), markup, words.

use crate::store::view::school::STATES;
use std::collections::BTreeMap;

/// Width of a drawing in its own units.
pub const WIDTH: f64 = 800.0;
/// It is never flatter nor higher than this.
const HEIGHT: (f64, f64) = (240.0, 640.0);
/// Free space around the outermost points.
const MARGIN: f64 = 32.0;
/// Smallest and largest mark.
const MARK: (f64, f64) = (12.0, 30.0);
/// More points than this are gathered in cells.
pub const MOST_POINTS: usize = 300;
/// Cells side by side.
const COLUMNS: f64 = 16.0;
/// Least extent that a drawing covers, in degrees: one school, or two side by side, are no whole world.
const LEAST_DEGREES: f64 = 0.01;
/// A letter of a name and its height, in units: what names cover is guessed.
const LETTER: (f64, f64) = (7.0, 16.0);

/// A part of the world: south, west, north, east.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Within(pub f64, pub f64, pub f64, pub f64);

impl Within {
    /// From an address: four numbers, by commas.
    pub fn parse(text: &str) -> Option<Within> {
        let numbers: Vec<f64> = text.split(',').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let [south, west, north, east] = numbers.try_into().ok()?;
        let good = [south, west, north, east].iter().all(|number| number.is_finite()) && south <= north && west <= east;
        good.then_some(Within(south, west, north, east))
    }

    /// As an address writes it.
    pub fn text(self) -> String {
        format!("{:.7},{:.7},{:.7},{:.7}", self.0, self.1, self.2, self.3)
    }

    /// Whether a point lies in it.
    pub fn holds(self, (north, east): (f64, f64)) -> bool {
        (self.0..=self.2).contains(&north) && (self.1..=self.3).contains(&east)
    }
}

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Point {
    /// Degrees north and east.
    pub at: (f64, f64),
    /// How much is there: a larger mark.
    pub size: i64,
    /// One of the states of schools.
    pub state: String,
    /// What stands beside it where there is room.
    pub name: String,
}

/// A mark: of one point, or of a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// Position of the point among those given; of a cell, of its gravest.
    pub of: usize,
    /// Points in it.
    pub count: usize,
    /// Centre.
    pub x: i64,
    /// See `x`.
    pub y: i64,
    /// Width and height of the mark.
    pub size: i64,
    /// Its name stands free of others; else it is shown when one points there.
    pub labelled: bool,
    /// The name stands to the left.
    pub left: bool,
    /// What a cell covers.
    pub within: Option<Within>,
}

/// The drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// Height in its own units.
    pub height: i64,
    /// Marks, the gravest last: nothing covers them.
    pub marks: Vec<Placed>,
    /// Points were gathered in cells.
    pub gathered: bool,
}

/// Draws points; none where there is none.
pub fn draw(points: &[Point]) -> Option<Drawing> {
    let plane = Plane::of(points)?;
    let gathered = points.len() > MOST_POINTS;
    let mut marks = if gathered { cells(points, &plane) } else { singles(points, &plane) };
    marks.sort_by_key(|mark| (std::cmp::Reverse(rank(&points[mark.of].state)), std::cmp::Reverse(mark.size), mark.of));
    if !gathered {
        label(points, &mut marks);
    }
    Some(Drawing { height: plane.height as i64, marks, gathered })
}

/// How grave a state is: 0 the gravest.
fn rank(state: &str) -> usize {
    STATES.iter().position(|known| *known == state).unwrap_or(STATES.len())
}

/// From degrees to units: a degree east is shorter than one north, and within a country the earth is flat.
struct Plane {
    middle: (f64, f64),
    shrink: f64,
    scale: f64,
    height: f64,
}

impl Plane {
    fn of(points: &[Point]) -> Option<Plane> {
        let extent = |of: fn(&Point) -> f64| points.iter().map(of).fold((f64::MAX, f64::MIN), |(low, high), at| (low.min(at), high.max(at)));
        points.first()?;
        let ((south, north), (west, east)) = (extent(|point| point.at.0), extent(|point| point.at.1));
        let middle = ((south + north) / 2.0, (west + east) / 2.0);
        let shrink = middle.0.to_radians().cos().max(0.05);
        let (wide, high) = (((east - west) * shrink).max(LEAST_DEGREES), (north - south).max(LEAST_DEGREES));
        let scale = ((WIDTH - 2.0 * MARGIN) / wide).min((HEIGHT.1 - 2.0 * MARGIN) / high);
        Some(Plane { middle, shrink, scale, height: (high * scale + 2.0 * MARGIN).clamp(HEIGHT.0, HEIGHT.1) })
    }

    fn at(&self, (north, east): (f64, f64)) -> (f64, f64) {
        (WIDTH / 2.0 + (east - self.middle.1) * self.shrink * self.scale, self.height / 2.0 - (north - self.middle.0) * self.scale)
    }

    fn back(&self, x: f64, y: f64) -> (f64, f64) {
        (self.middle.0 + (self.height / 2.0 - y) / self.scale, self.middle.1 + (x - WIDTH / 2.0) / self.scale / self.shrink)
    }
}

fn sized(size: i64, most: i64) -> i64 {
    // The area of a mark tells how much is there.
    let share = (size.max(0) as f64 / most.max(1) as f64).sqrt();
    (MARK.0 + (MARK.1 - MARK.0) * share).round() as i64
}

fn singles(points: &[Point], plane: &Plane) -> Vec<Placed> {
    let most = points.iter().map(|point| point.size).max().unwrap_or(0);
    let mark = |(of, point): (usize, &Point)| {
        let (x, y) = plane.at(point.at);
        Placed { of, count: 1, x: x as i64, y: y as i64, size: sized(point.size, most), labelled: false, left: x > WIDTH * 0.75, within: None }
    };
    points.iter().enumerate().map(mark).collect()
}

fn cells(points: &[Point], plane: &Plane) -> Vec<Placed> {
    let side = WIDTH / COLUMNS;
    let mut cells: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (of, point) in points.iter().enumerate() {
        let (x, y) = plane.at(point.at);
        cells.entry(((x / side) as i64, (y / side) as i64)).or_default().push(of);
    }
    let most = cells.values().map(Vec::len).max().unwrap_or(0) as i64;
    let mark = |((column, row), of): ((i64, i64), Vec<usize>)| {
        let (left, top) = (column as f64 * side, row as f64 * side);
        let ((south, west), (north, east)) = (plane.back(left, top + side), plane.back(left + side, top));
        let gravest = of.iter().copied().min_by_key(|of| (rank(&points[*of].state), *of)).unwrap_or_default();
        Placed {
            of: gravest,
            count: of.len(),
            x: (left + side / 2.0) as i64,
            y: (top + side / 2.0) as i64,
            size: sized(of.len() as i64, most),
            labelled: true,
            left: false,
            within: Some(Within(south, west, north, east)),
        }
    };
    cells.into_iter().map(mark).collect()
}

/// Names the marks whose names cover no mark and no other name, the gravest first.
fn label(points: &[Point], marks: &mut [Placed]) {
    type Area = (f64, f64, f64, f64);
    let cross = |one: &Area, other: &Area| one.0 < other.2 && other.0 < one.2 && one.1 < other.3 && other.1 < one.3;
    let mut taken: Vec<Area> = marks
        .iter()
        .map(|mark| (mark.x as f64, mark.y as f64, mark.size as f64 / 2.0))
        .map(|(x, y, half)| (x - half, y - half, x + half, y + half))
        .collect();
    let own = taken.clone();
    for (at, mark) in marks.iter_mut().enumerate().rev() {
        let wide = points[mark.of].name.chars().count() as f64 * LETTER.0;
        let (edge, y) = (mark.size as f64 / 2.0 + 4.0, mark.y as f64);
        let begin = if mark.left { mark.x as f64 - edge - wide } else { mark.x as f64 + edge };
        let area = (begin, y - LETTER.1 / 2.0, begin + wide, y + LETTER.1 / 2.0);
        let inside = area.0 >= 0.0 && area.2 <= WIDTH;
        if inside && !taken.iter().any(|other| *other != own[at] && cross(&area, other)) {
            mark.labelled = true;
            taken.push(area);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(north: f64, east: f64, size: i64, state: &str) -> Point {
        Point { at: (north, east), size, state: state.to_owned(), name: "Camus".to_owned() }
    }

    #[test]
    fn north_is_above_and_west_is_left() {
        let drawing = draw(&[point(48.9, 2.2, 10, "calm"), point(48.8, 2.4, 40, "fault")]).unwrap();
        let of = |of: usize| drawing.marks.iter().find(|mark| mark.of == of).unwrap();
        assert!(of(0).y < of(1).y && of(0).x < of(1).x);
        assert!(of(0).size < of(1).size && of(1).size == MARK.1 as i64);
        assert_eq!(drawing.marks.last().unwrap().of, 1, "the gravest is drawn last");
        for mark in &drawing.marks {
            assert!((0..=WIDTH as i64).contains(&mark.x) && (0..=drawing.height).contains(&mark.y));
        }
    }

    #[test]
    fn one_school_stands_in_the_middle_and_none_is_no_drawing() {
        let drawing = draw(&[point(48.9, 2.2, 0, "calm")]).unwrap();
        assert_eq!((drawing.marks[0].x, drawing.marks[0].y * 2), (400, drawing.height));
        assert!(drawing.marks[0].labelled && !drawing.gathered);
        assert!(draw(&[]).is_none());
    }

    #[test]
    fn names_that_would_cover_each_other_wait_until_one_points_there() {
        let drawing = draw(&[point(48.85, 2.2, 1, "calm"), point(48.85, 2.2, 1, "fault"), point(48.95, 2.6, 1, "calm")]).unwrap();
        let labelled: Vec<usize> = drawing.marks.iter().filter(|mark| mark.labelled).map(|mark| mark.of).collect();
        assert!(!labelled.contains(&0) && labelled.contains(&2), "{labelled:?}");
    }

    #[test]
    fn too_many_are_gathered_in_cells_that_lead_to_what_they_hold() {
        let points: Vec<Point> = (0..MOST_POINTS + 1)
            .map(|n| point(45.0 + (n % 20) as f64 / 10.0, 1.0 + (n / 20) as f64 / 10.0, 1, if n == 7 { "fault" } else { "calm" }))
            .collect();
        let drawing = draw(&points).unwrap();
        assert!(drawing.gathered && drawing.marks.len() < 200);
        assert_eq!(drawing.marks.iter().map(|mark| mark.count).sum::<usize>(), points.len());
        for mark in &drawing.marks {
            let within = Within::parse(&mark.within.unwrap().text()).unwrap();
            assert!(within.holds(points[mark.of].at), "{within:?} {:?}", points[mark.of].at);
        }
        assert_eq!(drawing.marks.last().unwrap().of, 7, "a cell stands as its gravest school does");
    }

    #[test]
    fn a_part_of_the_world_is_four_numbers() {
        assert_eq!(Within::parse("48.1,2,49,2.5"), Some(Within(48.1, 2.0, 49.0, 2.5)));
        for bad in ["", "1,2,3", "1,2,3,4,5", "49,2,48,3", "NaN,1,2,3", "a,b,c,d", "1,2,inf,4"] {
            assert_eq!(Within::parse(bad), None, "{bad}");
        }
    }
}
