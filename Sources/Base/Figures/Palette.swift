/// Colours of kinds that are told apart on white and on black, and by most who see colours otherwise (Okabe and Ito
/// 2008; contrast with white and with #16181d above 3 for the first four).
enum Palette {
  private static let colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999"]

  static func colour(_ index: Int) -> String { colours[index % colours.count] }

  /// Lines have dashes too, so that no colour is needed to tell them apart; the first has none.
  static func dash(_ index: Int) -> String? { index == 0 ? nil : "\(2 + 3 * (index % 4)) \(2 + index / 4)" }
}
