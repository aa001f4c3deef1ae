package import Artifacts
package import DataStages
import Inputs
import RecallTasks
import Tables
import Tokens
import Training
import Wording

extension ArtifactView {
  /// A task on tokens: its setting, its splits, and the first sequence of train and of test with what is asked for.
  package static func tokenTask(_ artifact: any InputArtifact) throws -> ArtifactView {
    let file = try TokenTaskFile(artifact)
    let document = file.document
    let more: [(String, Int?)] = [
      ("of noise", document.noiseVocabulary), ("to copy", document.copies),
      ("of a key or value at most", document.motif),
    ]
    let settings = more.compactMap { words, count in count.map { ", \($0) \(words)" } }.joined()
    let noise = document.noise.map { ", noise in \(Words.fixed(100 * $0, 0)) % of pairs" } ?? ""
    return ArtifactView(
      lines: [
        "\(document.task): \(Words.grouped(document.vocabulary)) tokens\(settings), length "
          + "\(Words.grouped(document.length))\(noise); seed \(document.seed)",
        "a guess is right in \(Words.fixed(100 * document.chance, 2)) %"
          + (document.isOfLast ? "; outputs are made of the features of the last token alone" : ""),
      ],
      tables: [
        Table(
          ["split", "sequences", "tokens", "asked for", "also in train", "also in dev"], numeric: [1, 2, 3, 4, 5],
          cells: document.parts.map {
            [
              .text($0.name), .count($0.sequences), .count($0.tokens), .count($0.asked), .count($0.inTrain),
              .count($0.inDev),
            ]
          }),
        Table(
          ["first of", "", "tokens"], name: "examples", groups: [], named: [1: "row"],
          rows: try [.train, .test].flatMap { try example(of: $0, in: file) }),
      ], json: try self.document(artifact, TokenTaskDocument.file))
  }

  private static func example(of split: RecallExample.Split, in file: TokenTaskFile) throws -> [[String]] {
    let first = try file.tokens(split, first: 1)
    guard case .tokens(let targets) = first.targets else { return [] }
    let width = String(file.document.vocabulary - 1).count
    // Long sequences are shown by their ends, where they are asked.
    let shown = 24
    let text = { (numbers: [Int32]) in
      (numbers.count > shown ? "... " : "")
        + numbers.suffix(shown).map { number in
          let text = number < 0 ? "." : "\(number)"
          return String(repeating: " ", count: max(0, width - text.count)) + text
        }.joined(separator: " ")
    }
    return [["\(split)", "tokens", text(first.tokens.ids)], ["", "asked for", text(targets)]]
  }
}
