package import Artifacts
package import DataStages
import Figures
import Glibc
import Inputs
import JSON
import Labelled
import ModelStages
import Rankings
import Tables
import Wording

extension ArtifactView {
  package static func metrics(_ artifact: any InputArtifact) throws -> ArtifactView {
    let document = try JSONArtifact.decode(MetricsDocument.self, artifact.bytes())
    let epochs = document.epochs ?? []
    let name = document.architecture ?? document.model ?? "a model without a name"
    let chosen = document.chosenEpoch.map { ", epoch \($0) of \(epochs.count) by the hold-out" }
    let settings = document.settings.map { ", " + $0 }
    var lines = [
      "\(name), \(Words.grouped(document.parameters)) parameters\(chosen ?? settings ?? "")",
      "rows: \(document.rows.train) train, \(document.rows.holdOut) hold-out, \(document.rows.dev) dev, "
        + "\(document.rows.test) test",
    ]
    if let blocks = document.inheritedBlocks, blocks > 0 { lines.append("\(blocks) blocks with inherited weights") }
    if document.rows.droppedFromTrain > 0 {
      lines.append("\(document.rows.droppedFromTrain) rows dropped from train: dev or test has the same sequence")
    }
    lines += leftOut(document)
    if let threshold = document.threshold, threshold != 0 {
      let (probability, name) = (1 / (1 + exp(-threshold)), MetricsDocument.name(1, document.classes))
      let origin = document.rows.holdOut > 0 ? "the best MCC on the hold-out" : "as was chosen before, on a hold-out"
      lines.append("a row is of \(name) from a probability of \(Words.fixed(probability, 3)) on: \(origin)")
    }
    let splits = [("dev", document.metrics.dev), ("test", document.metrics.test)]
    for (name, split) in splits {
      guard let count = split.sequences else { continue }
      lines.append(
        "\(name): intervals are by the \(Words.grouped(count)) sequences of \(Words.grouped(split.rows)) pairs")
    }
    lines += document.ofOneClass + document.predictedAlike
    let losses = epochs.enumerated().map { Plot.Point(x: Double($0 + 1), y: $1.loss) }
    return ArtifactView(
      lines: lines,
      tables: [
        Table(
          ["split", "metric", "value", "95 % interval"], numeric: [2],
          cells: splits.flatMap { name, split in
            split.entries.map {
              [.text(name), .text($0.metric.rawValue), .number($0.estimate.value), .interval($0.estimate)]
            }
          })
      ]
        + splits.flatMap { split, metrics in
          [confusion(split, metrics, document.classes), byClass(split, metrics, document.classes)].compactMap(\.self)
        },
      pictures: losses.count > 1
        ? [Plot("loss", title: "loss on the hold-out", abscissa: "epoch", points: losses)] : [],
      json: try self.document(artifact))
  }

  /// Rows and letters of a task that were not used.
  private static func leftOut(_ document: MetricsDocument) -> [String] {
    var lines = document.rows.notes ?? []
    if let rows = document.rows.beyondLimit, rows > 0 {
      lines.append("\(Words.grouped(rows)) rows of train that are not in the sample which 'rows' takes")
    }
    for (name, count) in [("dev", document.rows.devNearTrain), ("test", document.rows.testNearTrain)] {
      guard let count, count > 0 else { continue }
      lines.append("\(Words.grouped(count)) rows of \(name) share 30 letters, on either strand, with a training row")
    }
    let unseen = [
      ("dev", document.rows.devUnseen, document.metrics.dev), ("test", document.rows.testUnseen, document.metrics.test),
    ]
    for case (let name, let count?, let split) in unseen {
      let others = split.rows - count
      // A model may name such a class by chance: all that it has right may be among the others, and no more is known.
      let among = split[.accuracy]?.value.map { accuracy in
        let most = others > 0 ? min(1, accuracy * Double(split.rows) / Double(others)) : 0
        return others > 0 ? "; at most \(Words.fixed(most, 3)) of the others are right" : ""
      }
      lines.append(
        "\(Words.part(count, of: split.rows, "rows of \(name)")) are of a class that no row of train has, which no "
          + "model learns" + (among ?? ""))
    }
    if let classes = document.rows.classesNotTrained, !classes.isEmpty {
      lines.append("no row of \(ClassCounts.list(classes.map { "class \($0)" })) is trained on")
    }
    for split in document.encoded ?? [] {
      let figures = [
        (split.lettersInNoToken, split.letters, "letters", "in no token"),
        (split.lettersCut, split.letters, "letters", "cut, of \(Words.grouped(split.cut)) sequences"),
        (split.withoutToken, split.sequences, "sequences", "without a token"),
        (split.ofUnknownAlone, split.sequences, "sequences", "of [UNK] alone"),
        (split.unknown, split.tokens, "tokens", "[UNK]"),
        (split.withoutLabel, split.sequences, "sequences", "left out, without a label that counts"),
      ]
      lines += figures.filter { $0.0 > 0 }.map { "\(split.split): \(Words.part($0, of: $1, $2)) \($3)" }
    }
    return lines
  }

  /// How often which class was predicted for which; nil for values, sets, and too many classes to look at.
  private static func confusion(_ split: String, _ metrics: SplitMetrics, _ classes: [String]?) -> Table? {
    guard let counts = metrics.confusion, counts.count <= 12 else { return nil }
    let name = { MetricsDocument.name($0, classes) }
    return Table(
      ["\(split): class"] + counts.indices.map { "predicted \(name($0))" }, name: "\(split)-confusion",
      numeric: Set(1...counts.count), named: [0: "class"],
      cells: counts.enumerated().map { row, counts in [.text(name(row))] + counts.map(TableCell.count) })
  }

  /// The measures of each class with their intervals; nil where there are none, and for too many to look at.
  private static func byClass(_ split: String, _ metrics: SplitMetrics, _ classes: [String]?) -> Table? {
    guard let byClass = metrics.byClass, let first = byClass.first, byClass.count <= 12 else { return nil }
    return Table(
      ["\(split): class"] + first.map(\.metric.rawValue), name: "\(split)-classes", numeric: Set(1...first.count),
      named: [0: "class"],
      cells: byClass.enumerated().map { index, entries in
        [.text(MetricsDocument.name(index, classes))]
          + entries.map { .estimate($0.estimate.value, $0.estimate.low, $0.estimate.high, keepingBrackets: true) }
      })
  }

  /// The splits of predictions, and how often they are right or how far they are off.
  package static func predictions(_ artifact: any InputArtifact) throws -> ArtifactView {
    let splits = try PredictionsArtifact(artifact).splits.sorted { $0.key < $1.key }
    let cells = splits.flatMap { name, split in
      type(of: split.predictions).measures.map { metric -> [TableCell] in
        let predictions = split.predictions
        return [.text(name), .count(predictions.rows), .text(metric.rawValue), .number(predictions.value(of: metric))]
      }
    }
    return ArtifactView(
      tables: [Table(["split", "rows", "metric", "value"], numeric: [1, 3], cells: cells)],
      json: .array(
        splits.map { name, split in
          .object([("split", .string(name)), ("rows", .int(split.predictions.rows)), ("digest", .string(split.rows))])
        }))
  }
}

extension TableCell {
  static func interval(_ estimate: Estimate?) -> TableCell { .interval(estimate?.low, estimate?.high) }

  /// The value alone; files have its interval too.
  static func value(of estimate: Estimate) -> TableCell {
    TableCell(
      TableCell.number(estimate.value).text, .estimate(estimate.value, low: estimate.low, high: estimate.high))
  }
}
