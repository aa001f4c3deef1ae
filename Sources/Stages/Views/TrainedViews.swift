import Artifacts
import FoundationEssentials
import Rankings

extension ArtifactView {
  /// The tensors of a checkpoint, from the headers of its safetensors files: 8 bytes of length, then JSON.
  static func tensors(_ artifact: any InputArtifact) throws -> ArtifactView {
    var rows: [[String]] = []
    var total = 0
    var tensors: [JSONDocument] = []
    for name in try artifact.names where name.hasSuffix(".safetensors") {
      let bytes = try artifact.bytes(name)
      guard bytes.count >= 8 else { continue }
      let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard length <= UInt64(bytes.count - 8),
        case .object(let entries) = try JSONArtifact.decode(JSONDocument.self, Array(bytes[8..<8 + Int(length)]))
      else { continue }
      for (tensor, entry) in entries.sorted(by: { $0.key < $1.key }) where tensor != "__metadata__" {
        guard case .array(let shape)? = entry["shape"], case .string(let type)? = entry["dtype"] else { continue }
        let sizes = shape.compactMap { if case .int(let size) = $0 { size } else { nil } }
        let count = sizes.reduce(1) { $0.multiplied(saturatingBy: $1) }
        total = total.added(saturatingTo: count)
        rows.append([
          String(name.dropLast(".safetensors".count)), tensor, sizes.map(String.init).joined(separator: " x "), type,
          Figures.grouped(count),
        ])
        tensors.append(
          .object([
            "block": .string(name), "tensor": .string(tensor), "shape": .array(shape), "dtype": .string(type),
          ]))
      }
    }
    return ArtifactView(
      lines: ["\(rows.count) tensors, \(Figures.grouped(total)) numbers"],
      tables: [Table(["block", "tensor", "shape", "type", "numbers"], numeric: [4], rows: rows)],
      json: .array(tensors))
  }

  static func metrics(_ artifact: any InputArtifact) throws -> ArtifactView {
    let document = try JSONArtifact.decode(MetricsDocument.self, artifact.bytes())
    let epochs = document.epochs ?? []
    let name = document.architecture ?? document.model ?? "a model without a name"
    let chosen = document.chosenEpoch.map { ", epoch \($0) of \(epochs.count) by the hold-out" }
    let settings = document.settings.map { ", " + $0 }
    var lines = [
      "\(name), \(Figures.grouped(document.parameters)) parameters\(chosen ?? settings ?? "")",
      "rows: \(document.rows.train) train, \(document.rows.holdOut) hold-out, \(document.rows.dev) dev, "
        + "\(document.rows.test) test",
    ]
    if let blocks = document.inheritedBlocks, blocks > 0 { lines.append("\(blocks) blocks with inherited weights") }
    if document.rows.droppedFromTrain > 0 {
      lines.append("\(document.rows.droppedFromTrain) rows dropped from train: dev or test has the same sequence")
    }
    let splits = [("dev", document.metrics.dev), ("test", document.metrics.test)]
    let losses = epochs.enumerated().map { Curve.Point(x: Double($0 + 1), y: $1.loss) }
    return ArtifactView(
      lines: lines,
      tables: [
        Table(
          ["split", "metric", "value", "95 % interval"], numeric: [2],
          rows: splits.flatMap { name, split in
            split.entries.map { [name, $0.metric.rawValue, number($0.estimate.value), interval($0.estimate)] }
          })
      ],
      curves: losses.count > 1 ? [Curve(title: "loss on the hold-out", abscissa: "epoch", points: losses)] : [],
      json: try self.document(artifact))
  }

  static func ranking(_ artifact: any InputArtifact) throws -> ArtifactView {
    let document = try JSONArtifact.decode(RankingDocument.self, artifact.bytes())
    let tasks = document.ranking.tasks
    let label = { (task: Ranking.Task, split: String) in
      (task.task.isEmpty ? "" : task.task + " ") + "\(split) \(task.metric.rawValue)"
    }
    var columns = ["rank", "candidate", "parameters", "score"]
    for task in tasks { columns += [label(task, "dev"), label(task, "test"), "95 % interval"] }
    var rows = document.ranking.rows.map { row in
      let candidate = document.candidates.first { $0.candidate == row.candidate }
      var cells = [
        String(row.rank) + (row.overlapsBest == true && row.rank > 1 ? "=" : ""), row.candidate.joined(separator: ","),
        candidate.map { Figures.grouped($0.parameters) } ?? "-",
        row.score.map { Figures.fixed($0, 3) } ?? row.failures.first ?? "failed",
      ]
      for (index, result) in row.results.enumerated() {
        let test = candidate.map { $0.test[index] }
        cells += [number(result.estimate.value), number(test?.value), test.map(interval) ?? "-"]
      }
      return cells
    }
    let baselines = document.baselines ?? []
    rows += baselines.map(Self.row)
    var lines: [String] = []
    if !baselines.isEmpty {
      lines.append("- a baseline: no candidate, and in no one's score; its own is on the candidates' scale")
    }
    for baseline in baselines where (baseline.score ?? -.infinity) > (document.ranking.best?.score ?? .infinity) {
      lines.append("the baseline '\(baseline.name)' is ahead of every candidate")
    }
    if document.ranking.rows.contains(where: { $0.overlapsBest == true && $0.rank > 1 }) {
      lines.append("= the dev interval overlaps that of the first: the data do not tell them apart")
    }
    let flat = document.ranking.withoutSpread
    if !flat.isEmpty {
      lines.append("no spread, and so no weight: \(flat.map { $0.isEmpty ? "the task" : $0 }.joined(separator: ", "))")
    }
    return ArtifactView(
      lines: lines, tables: [Table(columns, numeric: Set(2..<columns.count), rows: rows)],
      json: try self.document(artifact))
  }

  /// The row of a baseline, in the columns of the candidates.
  private static func row(_ baseline: RankingDocument.Baseline) -> [String] {
    let score = baseline.score.map { Figures.fixed($0, 3) } ?? baseline.failures.first ?? "failed"
    return ["-", baseline.name, baseline.parameters.map(Figures.grouped) ?? "-", score]
      + zip(baseline.dev, baseline.test).flatMap { [number($0.value), number($1.value), interval($1)] }
  }

  private static func number(_ value: Double?) -> String { value.map { Figures.fixed($0, 3) } ?? "-" }

  private static func interval(_ estimate: Estimate) -> String {
    guard let low = estimate.low, let high = estimate.high else { return "-" }
    return "\(Figures.fixed(low, 3)) to \(Figures.fixed(high, 3))"
  }
}
