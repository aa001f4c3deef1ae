/// Capital letters as outlines of 100 x 100 units, so that no font decides how high a letter of a logo is; drawn from
/// lines and arcs.
enum LetterShape {
  /// The path of a letter; of any other sign that of a frame.
  static func path(_ letter: Character) -> String { paths[letter] ?? "M0 0H100V100H0ZM16 14V86H84V14Z" }

  /// The colour of a letter: those of nucleotides as in most logos, of amino acids by their kind (charged, polar,
  /// hydrophobic; Schneider and Stephens 1990).
  static func colour(_ letter: Character, ofProtein: Bool) -> String {
    guard ofProtein else {
      switch letter {
      case "A": return "#109648"
      case "C": return "#255c99"
      case "G": return "#e8a317"
      case "T", "U": return "#d62839"
      default: return "#888888"
      }
    }
    switch letter {
    case "D", "E": return "#d62839"
    case "K", "R", "H": return "#255c99"
    case "G", "S", "T", "Y", "C", "N", "Q": return "#109648"
    case "X": return "#888888"
    default: return "#333333"
    }
  }

  private static let paths: [Character: String] = [
    "A": "M0 100L37 0H63L100 100H78L70 77H30L22 100ZM36 60H64L50 20Z",
    "B": "M4 0H60A27 27 0 0 1 76 48A28 28 0 0 1 62 100H4ZM25 16V41H56A12.500 12.500 0 0 0 56 16Z"
      + "M25 57V84H58A13.500 13.500 0 0 0 58 57Z",
    "C": "M97 33A50 50 0 1 0 97 67L75 65A29 32 0 1 1 75 35Z",
    "D": "M4 0H50A46 50 0 0 1 50 100H4ZM25 17V83H48A27 33 0 0 0 48 17Z",
    "E": "M8 0H94V18H30V40H86V58H30V82H96V100H8Z",
    "F": "M8 0H94V18H30V42H86V60H30V100H8Z",
    "G": "M97 33A50 50 0 1 0 100 56V46H54V63H76A29 32 0 1 1 75 35Z",
    "H": "M4 0H26V40H74V0H96V100H74V58H26V100H4Z",
    "I": "M38 0H62V100H38Z",
    "J": "M66 0H88V66A38 34 0 0 1 12 66V60H34V66A16 16 0 0 0 66 66Z",
    "K": "M4 0H26V42L66 0H96L52 45L100 100H72L37 60L26 71V100H4Z",
    "L": "M10 0H32V81H94V100H10Z",
    "M": "M2 0H30L50 62L70 0H98V100H78V24L58 86H42L22 24V100H2Z",
    "N": "M4 0H28L75 68V0H96V100H72L25 32V100H4Z",
    "O": "M50 0A50 50 0 0 1 50 100A50 50 0 0 1 50 0ZM50 18A29 32 0 0 0 50 82A29 32 0 0 0 50 18Z",
    "P": "M6 0H62A31 31 0 0 1 62 62H28V100H6ZM28 17V45H60A14 14 0 0 0 60 17Z",
    "Q": "M50 0A50 50 0 0 1 86 84L98 96L84 108L68 95A50 50 0 1 1 50 0ZM50 18A29 32 0 0 0 50 82"
      + "L56 81L46 70L60 60L72 70A29 32 0 0 0 50 18Z",
    "R": "M4 0H62A30 30 0 0 1 74 57L98 100H73L52 61H26V100H4ZM26 17V45H60A14 14 0 0 0 60 17Z",
    "S": "M92 24A44 28 0 0 0 8 28C8 66 72 48 72 72A22 14 0 0 1 26 70H4A46 32 0 0 0 95 71C95 34 30 50 30 28"
      + "A20 13 0 0 1 70 28Z",
    "T": "M2 0H98V18H61V100H39V18H2Z",
    "U": "M4 0H26V64A24 18 0 0 0 74 64V0H96V64A46 37 0 0 1 4 64Z",
    "V": "M0 0H23L50 76L77 0H100L62 100H38Z",
    "W": "M0 0H19L31 70L43 8H57L69 70L81 0H100L80 100H60L50 42L40 100H20Z",
    "X": "M2 0H28L50 34L72 0H98L63 49L100 100H73L50 65L27 100H0L37 49Z",
    "Y": "M0 0H25L50 40L75 0H100L61 59V100H39V59Z",
    "Z": "M6 0H94V18L34 81H96V100H4V82L64 18H6Z",
  ]
}
