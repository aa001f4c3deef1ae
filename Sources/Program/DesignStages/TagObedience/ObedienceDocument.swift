import Rankings
import Wording

/// The `tag-obedience` artifact.
struct ObedienceDocument: Codable {
  /// Sequences, by the tag that the classifier gives them.
  struct Group: Codable {
    /// The tag that they have, or were asked for by; another name, where no real sequences have it.
    let name: String
    /// By tag.
    let called: [Int]
    /// Sequences that the classifier does not see: generated ones that are shorter than a k-mer, real ones that are
    /// shorter than a piece.
    let short: Int
    /// The share that is called by its name; nil where that is no tag.
    let obeyed: Estimate?

    init(_ name: String, called: [Int], short: Int, tags: [String]) {
      (self.name, self.called, self.short) = (name, called, short)
      obeyed = tags.firstIndex(of: name).map { Estimate.share(called[$0], of: called.reduce(0, +)) }
    }
  }
  /// Letters of the longest k-mers.
  let k: Int
  /// Letters of a real piece.
  let length: Int
  let tags: [String]
  /// Real pieces of each tag that the classifier is trained on.
  let trained: [Int]
  /// Real pieces that it was not trained on.
  let real: [Group]
  let generated: [Group]

  /// The sequences that are left out, in sentences.
  var leftOut: [String] {
    [(real, "real", length), (generated, "generated", k)].compactMap { groups, kind, letters in
      let short = groups.reduce(0) { $0 + $1.short }
      if short == 0 { return nil }
      return "\(Words.count(short, "\(kind) sequence")) left out, of fewer than \(Words.grouped(letters)) letters"
    }
  }
}
