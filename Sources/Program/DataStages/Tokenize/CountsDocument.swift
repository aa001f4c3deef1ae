package import Artifacts
import Inputs
import Sequences
import Tables
package import Tokenizers
import Wording

/// The `counts` artifact: how much a stage used of what it was given, and how much it left out, by split.
struct CountsDocument: Codable {
  struct Row: Codable {
    let count: String
    let train: Int
    let heldOut: Int
    init(_ count: String, train: Int, heldOut: Int) {
      self.count = count
      self.train = train
      self.heldOut = heldOut
    }
  }
  let rows: [Row]
}

extension CountsDocument {
  /// Sequences of a corpus that another of its inputs keeps apart from train.
  static func leftOut(_ count: Int) -> Row {
    Row("sequences left out, which an input has held out or in test", train: count, heldOut: 0)
  }

  init(_ encoding: Encoding, leftOut: Int) {
    let (train, heldOut) = (encoding.train, encoding.heldOut)
    let frames =
      encoding.frames == 1
      ? []
      : [
        Row("sequences before frames", train: train.unframed, heldOut: heldOut.unframed),
        Row("letters before a frame's first", train: train.lettersBefore, heldOut: heldOut.lettersBefore),
      ]
    let figures: [(String, KeyPath<TokenCounts, Int>)] = [
      ("sequences", \.sequences), ("sequences without a token", \.withoutToken),
      ("sequences of unknown tokens alone", \.ofUnknownAlone), ("letters", \.letters),
      ("letters in no token", \.lettersInNoToken), ("tokens", \.tokens), ("unknown tokens, [UNK]", \.unknown),
    ]
    let tags = Set(train.tags.keys).union(heldOut.tags.keys).sorted().map { tag in
      Row(
        "sequences behind \(encoding.tokenizer.text(of: tag))", train: train.tags[tag] ?? 0,
        heldOut: heldOut.tags[tag] ?? 0)
    }
    rows =
      [Self.leftOut(leftOut)] + tags + frames
      + figures.map { Row($0, train: train.counts[keyPath: $1], heldOut: heldOut.counts[keyPath: $1]) }
  }
}

extension TokenCounts {
  /// The part of tokens that may be [UNK] before somebody should look.
  private static let fewUnknown = 0.01

  /// Warnings about sequences that `tokenizer` has encoded.
  package func warnings(_ tokenizer: Tokenizer) -> [String] {
    var warnings: [String] = []
    if lettersInNoToken > 0 {
      let isApart = if case .kmer(let k, let stride, _) = tokenizer.scheme { stride > k } else { false }
      warnings.append(
        Words.part(lettersInNoToken, of: letters, "letters") + " are in no token"
          + (isApart
            ? ": k-mers begin further apart than they are long; lower 'stride'"
            : ": k-mers drop what is left at the end; 'tail: letters' in 'tokenize' keeps it"))
    }
    if withoutToken > 0 { warnings.append(Words.part(withoutToken, of: sequences, "sequences") + " have no token") }
    if ofUnknownAlone > 0 {
      warnings.append(Words.part(ofUnknownAlone, of: sequences, "sequences") + " have no token but [UNK]")
    }
    if Double(unknown) > Self.fewUnknown * Double(tokens) {
      warnings.append(
        Words.part(unknown, of: tokens, "tokens")
          + " are [UNK]: their letters are not among those that tokens are made of")
    }
    return warnings
  }
}

extension ArtifactView {
  /// The view of counts: a table by split, with the reasons for which parts were left out.
  package static func counts(_ artifact: any InputArtifact) throws -> ArtifactView {
    let document = try JSONArtifact.decode(CountsDocument.self, artifact.bytes())
    return ArtifactView(
      tables: [
        Table(
          ["", "train", "held-out"], numeric: [1, 2], named: [0: "count"],
          cells: document.rows.map { [.text($0.count), .count($0.train), .count($0.heldOut)] })
      ], json: try self.document(artifact))
  }
}
