import Artifacts
import JSON
import ModelStages
import TaskStages

/// A table of figures over the results of all steps of one kind, with every digit that they have.
struct ResultTable: Sendable {
  let name: String
  /// The results that it reads.
  let kind: ArtifactKind
  let columns: [String]
  /// The cells of a result's rows, without those that name it: its document, and the names of the axes that its step
  /// has gathered, by role.
  let rows: @Sendable (_ document: JSON, _ axes: [String: [String]]) -> [[String]]

  /// The columns that name the result.
  static let front = ["step", "output", "digest"]

  static let all = [
    ResultTable(
      name: "rankings", kind: .ranking,
      columns: [
        "rank", "tied_with_first", "candidate", "architecture", "parameters", "score", "task", "metric", "dev",
        "dev_low", "dev_high", "z", "replicates", "test", "test_low", "test_high",
      ], rows: ranking),
    ResultTable(
      name: "metrics", kind: .metrics,
      columns: ["model", "parameters", "split", "metric", "is_primary", "value", "low", "high"],
      rows: { document, _ in metrics(document) }),
    ResultTable(
      name: "losses", kind: .history, columns: ["training_step", "loss"],
      rows: { document, _ in losses(document) }),
    ResultTable(
      name: "held-out", kind: .history,
      columns: ["architecture", "loss", "accuracy", "tokens", "letters", "perplexity", "bits_per_letter", "is_pseudo"],
      rows: { document, _ in (document["heldOut"]?.array ?? []).map(heldOut) }),
  ]

  /// A number with its shortest exact digits.
  static func number(_ value: Double) -> String { JSON.double(value).line }

  /// A plain value as a cell; nothing for null, and for what is not there.
  static func text(_ value: JSON?) -> String {
    switch value {
    case nil, .null?: ""
    case .string(let text)?: text
    case let value?: value.line
    }
  }

  private static func estimate(_ value: JSON?) -> [String] {
    ["value", "low", "high"].map { text(value?[$0]) }
  }

  private static func metrics(_ document: JSON) -> [[String]] {
    let (metrics, name) = (document["metrics"], document["architecture"]?.string ?? text(document["model"]))
    let primary = metrics?["primary"]?.string
    return ["dev", "test"].flatMap { split in
      (metrics?[split]?["entries"]?.array ?? []).map { entry in
        let metric = text(entry["metric"])
        return [name, text(document["parameters"]), split, metric, metric == primary ? "true" : "false"]
          + estimate(entry["estimate"])
      }
    }
  }

  /// The points, and one of the steps since the last.
  private static func losses(_ document: JSON) -> [[String]] {
    let points = document["points"]?.array ?? []
    let rest = (document["pending"]?.array ?? []).compactMap(\.number)
    let rows = points.map { [text($0["step"]), text($0["loss"])] }
    if rest.isEmpty { return rows }
    let step = (points.last?["step"]?.int ?? 0) + rest.count
    return rows + [[String(step), number(rest.reduce(0, +) / Double(rest.count))]]
  }

  private static func heldOut(_ point: JSON) -> [String] {
    let isPseudo = point["pseudoPerplexity"] != nil || point["pseudoBitsPerLetter"] != nil
    let perplexity = point["perplexity"] ?? point["pseudoPerplexity"]
    let bits = point["bitsPerLetter"] ?? point["pseudoBitsPerLetter"]
    return ["architecture", "loss", "accuracy", "tokens", "letters"].map { text(point[$0]) }
      + [text(perplexity), text(bits), isPseudo ? "true" : "false"]
  }

  /// A row for each candidate and each baseline on each task.
  private static func ranking(_ document: JSON, _ axes: [String: [String]]) -> [[String]] {
    let tasks = document["ranking"]?["tasks"]?.array ?? []
    let candidates = document["candidates"]?.array ?? []
    let ids = { (row: JSON) in (row["candidate"]?.array ?? []).map { text($0) } }
    let rows = (document["ranking"]?["rows"]?.array ?? []).flatMap { row -> [[String]] in
      let candidate = candidates.first { ids($0) == ids(row) }
      let names = axes["candidate"] ?? []
      let words = names.count == ids(row).count ? zip(names, ids(row)).map { "\($0)=\($1)" } : ids(row)
      let front =
        [text(row["rank"]), text(row["isTied"]), words.joined(separator: ","), text(candidate?["architecture"])]
        + [text(candidate?["parameters"]), text(row["score"])]
      return tasks.enumerated().map { index, task in
        let result = (row["results"]?.array ?? []).first { text($0["task"]) == text(task["task"]) }
        let tests = candidate?["test"]?.array ?? []
        return front + [text(task["task"]), text(task["metric"])] + estimate(result?["estimate"])
          + [text(result?["z"]), text(result?["replicates"])]
          + estimate(tests.indices.contains(index) ? tests[index] : nil)
      }
    }
    return rows + (document["baselines"]?.array ?? []).flatMap { baseline(ids($0), $0, tasks) }
  }

  private static func baseline(_ ids: [String], _ baseline: JSON, _ tasks: [JSON]) -> [[String]] {
    let name = ([baseline["model"]?.string ?? "baseline"] + ids).joined(separator: " ")
    let front =
      ["", text(baseline["isTied"]), "baseline: \(name)", "", text(baseline["parameters"])] + [text(baseline["score"])]
    let (dev, test) = (baseline["dev"]?.array ?? [], baseline["test"]?.array ?? [])
    return tasks.enumerated().map { index, task in
      front + [text(task["task"]), text(task["metric"])]
        + estimate(dev.indices.contains(index) ? dev[index] : nil) + ["", ""]
        + estimate(test.indices.contains(index) ? test[index] : nil)
    }
  }
}
