package import Artifacts
package import DataStages
import Figures
import Inputs
import Rankings
import Tables
import Wording

extension ArtifactView {
  /// Bits per letter by context.
  package static func contextBits(_ artifact: any InputArtifact) throws -> ArtifactView {
    let bytes = try artifact.bytes()
    let document = try JSONArtifact.decode(ContextDocument.self, bytes)
    let middle = { (bin: ContextDocument.Bin) in (Double(bin.least) * Double(bin.most)).squareRoot() }
    let known = document.bins.filter { $0.bits.value != nil }
    let curve = BandChart.Curve(
      document.architecture, x: known.map(middle), mean: known.map { $0.bits.value! },
      band: known.map { bin in
        guard let low = bin.bits.low, let high = bin.bits.high, low <= high else { return nil }
        return low...high
      }, replicates: 1)
    return ArtifactView(
      lines: [
        "\(document.architecture): bits per letter by the tokens that the network sees "
          + (document.isCausal ? "before a token" : "beside a masked token"),
        "means over \(Words.count(document.sequences, "sequence"))"
          + (document.leftOut > 0 ? ", the first; \(Words.grouped(document.leftOut)) are not in it" : ""),
      ],
      tables: [
        Table(
          ["tokens", "sequences", "letters", "bits per letter", "95 % interval"], numeric: [1, 2, 3, 4],
          cells: document.bins.map { bin in
            [
              .text(bin.least == bin.most ? "\(bin.least)" : "\(bin.least) to \(bin.most)"), .count(bin.sequences),
              .count(bin.letters), .number(bin.bits.value), .interval(bin.bits.low, bin.bits.high),
            ]
          })
      ],
      pictures: known.isEmpty
        ? []
        : [
          BandChart(
            "context", title: "bits per letter by the tokens that are seen",
            x: .init("tokens that are seen", .logarithmic), y: .init("bits per letter"), curves: [curve],
            caption: "the band: 95 % interval of the mean over sequences")
        ], json: try JSONArtifact.parse(bytes))
  }
}
