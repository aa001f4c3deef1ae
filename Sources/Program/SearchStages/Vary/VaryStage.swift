package import Artifacts
import Blocks
import Inputs
import ModelStages
import Searches
import Spaces
import TaskStages
import Wording

/// Makes neighbours of the best architectures of a ranking.
package enum VaryStage: Stage {
  static let count = ParameterKey<Int>(
    "count", .int(1...100_000), default: 16, neutral: 16, unit: "architectures", help: "New architectures.")
  static let parents = ParameterKey<Int>(
    "parents", .int(1...100_000), default: 8, neutral: 8, unit: "architectures",
    help: "The first of the ranking that are varied.")
  static let operations = ParameterKey<[String]>(
    "operations", .list(.choice(Variation.Operation.allCases.map(\.rawValue))),
    default: Variation.Operation.allCases.map(\.rawValue), neutral: Variation.Operation.allCases.map(\.rawValue),
    help:
      "The changes, of which one is drawn for each: another module for a layer (mutate), the first layers of one and "
      + "the last of another (cross), the next larger or smaller width for a layer (widen, narrow), a layer more or "
      + "less (deepen, shorten).")
  static let keep = ParameterKey<Bool>(
    "keep-parents", .bool, default: false, neutral: false,
    help: "Whether the parents are among the architectures, so that a next ranking has them beside their children.")
  static let modules = ParameterKey<[String]>(
    "modules", .list(.string), default: [], neutral: [],
    help: "Modules that layers may have, as those of 'sample-space'; none: those of the ranking's candidates.")
  static let depths = ParameterKey<[Int]>(
    "depths", .list(.int(1...64)), default: [], neutral: [], unit: "layers",
    help: "Numbers of layers; none: those of the ranking's candidates.")
  static let widths = ParameterKey<[Int]>(
    "widths", .list(.int(8...8192)), default: [], neutral: [], unit: "features",
    help: "Widths of a layer; none: those of the ranking's candidates.")
  static let monotonic = ParameterKey<String>(
    "monotonic", .choice(["auto", "yes", "no"]), default: "auto", neutral: "auto",
    help: "Whether widths never decrease and end in the largest; auto: if those of all candidates do.")
  static let mostParameters = ParameterKey<Int>(
    "max-parameters", .int(0...Int.max), default: 0, neutral: 0, unit: "parameters",
    help: "Most parameters of an architecture's blocks; 0 sets no bound.")

  package static let declaration = StageDeclaration(
    name: "vary", version: 1,
    summary: "Make neighbours of the best architectures of a ranking: mutated, crossed, wider, deeper.",
    parameters: [
      count.parameter, parents.parameter, operations.parameter, keep.parameter, modules.parameter, depths.parameter,
      widths.parameter, monotonic.parameter, mostParameters.parameter, .seed,
    ],
    inputs: [
      InputPort(
        "ranking", [.ranking], help: "The ranking; none of its candidates is made again, but for 'keep-parents'.")
    ],
    outputs: [
      OutputPort(
        "architectures", .architectures, .tree, member: .architecture, help: "The architectures, one file each."),
      OutputPort("lineage", .lineage, .file, help: "The parents of each and the change that made it."),
    ],
    example: """
      children:
        stage: vary
        with: { parents: 6, count: 12, seed: 1 }
        in: { ranking: $ranking }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let ranking = try RankingDocument(context.input("ranking"))
    let known = try ranking.scored.map { try ArchitectureText.parse($0.architecture) }
    var parents: [Architecture] = []
    for architecture in known where !parents.contains(architecture) {
      guard parents.count < context[Self.parents] else { break }
      parents.append(architecture)
    }
    guard !parents.isEmpty else {
      throw StageFailure(code: "nothing-to-vary", "no candidate of the ranking has a score")
    }
    let operations = context[operations].compactMap(Variation.Operation.init(rawValue:))
    guard !operations.isEmpty else { throw StageFailure(code: "nothing-to-vary", "'operations' has none") }
    let variation = Variation(try space(context, known), operations: operations)
    let count = context[count]
    let children = variation.children(of: parents, without: known, count: count, seed: context[.seed])
    guard !children.isEmpty else {
      throw StageFailure(
        code: "nothing-new",
        "the space has no neighbour that is not ranked already: state more 'modules', 'depths' or 'widths'")
    }
    if children.count < count {
      context.report(
        .warning(
          "\(Words.count(children.count, "architecture")) instead of \(Words.grouped(count)): the space has hardly any "
            + "others near the parents"))
    }
    let all = Set(children.map(\.architecture) + (context[keep] ? parents : []))
    for architecture in all.sorted(by: { $0.id.precedesInBytes($1.id) }) {
      try context.outputs.write("architectures", architecture.id, ArchitectureText.bytes(architecture))
    }
    try context.outputs.write("lineage", "", JSONArtifact.encode(children))
  }

  private static func space(_ context: StageContext, _ known: [Architecture]) throws -> SearchSpace {
    var space = Variation.space(of: known)
    if !context[modules].isEmpty {
      space.modules = try context[modules].map { text in
        do { return try Module(parsing: text) } catch {
          throw StageFailure(code: "bad-space", "'\(text)' is no module: \(error)")
        }
      }
    }
    if !context[depths].isEmpty { space.depths = context[depths] }
    if !context[widths].isEmpty { space.widths = context[widths] }
    if context[monotonic] != "auto" { space.monotonic = context[monotonic] == "yes" }
    if context[mostParameters] > 0 { space.maximumParameters = context[mostParameters] }
    return space
  }
}

extension ArtifactKind {
  /// The parents of architectures.
  package static let lineage = ArtifactKind("lineage")
}
