//! A photo that somebody sends: decoded within bounds and drawn anew, so that nothing of the file remains but what one sees.
//!
//! Comes in: bytes of a stranger. Goes out: two JPEG pictures made from its pixels, upright, without a word of metadata (place, time, camera), or a
//! [`Refused`] that says what it was. Absent on purpose: storage, words; whoever calls does so on a thread that may work (`web/pages/photo`).

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Largest file: what a telephone's camera writes, twice over.
pub const MAX_BYTES: usize = 12 << 20;
/// Most pixels: cameras of telephones write 12 or 24 million.
pub const MAX_PIXELS: u64 = 26_000_000;
/// Longest side, in pixels.
pub const MAX_SIDE: u32 = 10_000;
/// Most memory that decoding may ask for: four bytes a pixel, and as much again for the decoder's own work.
const MAX_ALLOC: u64 = MAX_PIXELS * 8;
/// Longest side of what is kept: a label is read on it.
const KEPT_SIDE: u32 = 1_600;
/// Longest side of what a page shows.
const SMALL_SIDE: u32 = 320;
/// Quality of what is kept, of 100.
const KEPT_QUALITY: u8 = 80;
/// And of what a page shows.
const SMALL_QUALITY: u8 = 70;

/// A photo as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// JPEG.
    pub body: Vec<u8>,
    /// JPEG, small.
    pub small: Vec<u8>,
    /// Width of the first, pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Width of the small one, pixels.
    pub small_width: u32,
    /// Its height.
    pub small_height: u32,
}

/// Why a file is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Nothing was sent.
    Empty,
    /// So many bytes.
    TooManyBytes(usize),
    /// So wide and high, in pixels.
    TooManyPixels(u32, u32),
    /// None of the three formats; what it looks like instead.
    NoPhoto(&'static str),
    /// It begins like a photo and cannot be read to its end.
    Broken,
}

impl Refused {
    /// Its code: the sentence is `photo-CODE` of the language files.
    pub fn code(&self) -> &'static str {
        match self {
            Refused::Empty => "empty",
            Refused::TooManyBytes(_) => "too_many_bytes",
            Refused::TooManyPixels(..) => "too_many_pixels",
            Refused::NoPhoto(_) => "no_photo",
            Refused::Broken => "broken",
        }
    }

    /// What was found.
    pub fn found(&self) -> String {
        match self {
            Refused::Empty | Refused::Broken => String::new(),
            Refused::TooManyBytes(bytes) => format!("{:.1}", *bytes as f64 / f64::from(1 << 20)),
            Refused::TooManyPixels(width, height) => format!("{width} × {height}"),
            Refused::NoPhoto(like) => (*like).to_owned(),
        }
    }
}

/// Makes a photo of a file. What the file calls itself is not asked: its first bytes say what it is.
pub fn made(bytes: &[u8]) -> Result<Photo, Refused> {
    match bytes.len() {
        0 => return Err(Refused::Empty),
        long if long > MAX_BYTES => return Err(Refused::TooManyBytes(long)),
        _ => {}
    }
    let format = image::guess_format(bytes).ok().filter(|format| matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP));
    let format = format.ok_or_else(|| Refused::NoPhoto(looks_like(bytes)))?;
    let picture = decoded(bytes, format)?;
    let kept = if picture.width().max(picture.height()) > KEPT_SIDE { picture.resize(KEPT_SIDE, KEPT_SIDE, FilterType::Triangle) } else { picture };
    let small = kept.thumbnail(SMALL_SIDE, SMALL_SIDE);
    Ok(Photo {
        body: jpeg(&kept, KEPT_QUALITY)?,
        small: jpeg(&small, SMALL_QUALITY)?,
        width: kept.width(),
        height: kept.height(),
        small_width: small.width(),
        small_height: small.height(),
    })
}

/// The pixels, upright. Its size is asked before a pixel is read: a small file may stand for a picture larger than this machine.
fn decoded(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, Refused> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| Refused::Broken)?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Refused::TooManyPixels(width, height));
    }
    // A photo that says nothing, or nonsense, of how it was held stands as it is.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| Refused::Broken)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).map_err(|_| Refused::Broken)?;
    Ok(bytes)
}

/// What a file that is no photo looks like, for the sentence that says so.
fn looks_like(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(512)];
    let text = String::from_utf8_lossy(head).to_lowercase();
    let known = |sign: &[u8]| head.windows(sign.len()).any(|window| window == sign);
    let opens = |tag: &str| text.split('<').skip(1).any(|rest| rest.starts_with(tag));
    match () {
        () if head.starts_with(b"GIF8") => "GIF",
        () if head.starts_with(b"%PDF") => "PDF",
        () if known(b"ftypheic") || known(b"ftypheix") || known(b"ftypmif1") => "HEIC",
        () if known(b"ftypavif") => "AVIF",
        () if known(b"ftyp") => "MP4",
        () if opens("svg") => "SVG",
        () if opens("html") || opens("!doctype") => "HTML",
        () if head.starts_with(b"BM") => "BMP",
        () if head.starts_with(b"PK") => "ZIP",
        () => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    /// A picture whose left half is red, as a file.
    fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([250, 10, 10]) } else { Rgb([10, 10, 250]) });
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// The same JPEG with a segment of Exif that says how it was held (Exif 2.32, 4.6.4, tag 0x0112) and where: metadata that must not be kept.
    fn held(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        exif.extend(b"GPS 48.85 N 2.35 E SECRET");
        let mut file = jpeg[..2].to_vec();
        file.extend([0xff, 0xe1]);
        file.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        file.extend(exif);
        file.extend(&jpeg[2..]);
        file
    }

    #[test]
    fn three_formats_come_in_and_one_goes_out() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let photo = made(&file(640, 320, format)).unwrap();
            assert_eq!((photo.width, photo.height, photo.small_width, photo.small_height), (640, 320, 320, 160), "{format:?}");
            for bytes in [&photo.body, &photo.small] {
                assert_eq!(image::guess_format(bytes).unwrap(), ImageFormat::Jpeg);
            }
        }
        let large = made(&file(3_200, 800, ImageFormat::Jpeg)).unwrap();
        assert_eq!((large.width, large.height), (1_600, 400));
    }

    #[test]
    fn a_photo_stands_upright_and_tells_nothing_of_where_it_was_taken() {
        let sent = held(&file(200, 100, ImageFormat::Jpeg), 6);
        assert!(sent.windows(6).any(|window| window == b"SECRET"));
        let photo = made(&sent).unwrap();
        assert_eq!((photo.width, photo.height), (100, 200), "held upright, it is higher than wide");
        let upright = image::load_from_memory(&photo.body).unwrap().to_rgb8();
        assert!(upright.get_pixel(50, 10)[0] > 200 && upright.get_pixel(50, 190)[2] > 200, "what was left is above");
        for bytes in [&photo.body, &photo.small] {
            assert!(![b"SECRET".as_slice(), b"Exif"].iter().any(|word| bytes.windows(word.len()).any(|window| window == *word)));
        }
    }

    #[test]
    fn what_hangs_behind_a_photo_is_gone() {
        let mut sent = file(64, 64, ImageFormat::Jpeg);
        sent.extend(b"<script>alert(1)</script>PK\x03\x04");
        let photo = made(&sent).unwrap();
        assert!(!photo.body.windows(7).any(|window| window == b"<script"));
    }

    #[test]
    fn what_is_no_photo_is_named() {
        for (bytes, found) in [
            (&b"<?xml version=\"1.0\"?><svg onload=\"alert(1)\"/>"[..], "SVG"),
            (b"GIF89a\x01\0\x01\0", "GIF"),
            (b"%PDF-1.7", "PDF"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
            (b"<!doctype html><p>", "HTML"),
            (b"PK\x03\x04", "ZIP"),
            (b"nothing at all", "?"),
        ] {
            assert_eq!(made(bytes), Err(Refused::NoPhoto(found)));
        }
        assert_eq!(made(b""), Err(Refused::Empty));
        let mut cut = file(64, 64, ImageFormat::Png);
        cut.truncate(cut.len() / 2);
        assert_eq!(made(&cut), Err(Refused::Broken));
        assert_eq!(made(&vec![0xff; MAX_BYTES + 1]), Err(Refused::TooManyBytes(MAX_BYTES + 1)));
    }

    /// A header that promises 60 000 × 60 000 pixels, and a PNG of 8 000 × 8 000 that is small because it is all one colour.
    #[test]
    fn a_small_file_that_swells_is_refused_before_it_does() {
        let swelling = file(8_000, 8_000, ImageFormat::Png);
        assert!(swelling.len() < MAX_BYTES);
        assert_eq!(made(&swelling), Err(Refused::TooManyPixels(8_000, 8_000)));
        let mut promised = file(64, 64, ImageFormat::Png);
        promised[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        assert!(made(&promised).is_err());
        let mut jpeg = file(64, 64, ImageFormat::Jpeg);
        let frame = jpeg.windows(2).position(|window| window == [0xff, 0xc0]).unwrap();
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
        assert_eq!(made(&jpeg), Err(Refused::TooManyPixels(65_535, 65_535)));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn no_bytes_bring_it_down(at in 2usize..600, with: [u8; 4], format in 0..3) {
            let mut bytes = file(48, 32, [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP][format as usize]);
            let at = at % bytes.len().saturating_sub(4);
            bytes[at..at + 4].copy_from_slice(&with);
            let _ = made(&bytes);
        }
    }
}
