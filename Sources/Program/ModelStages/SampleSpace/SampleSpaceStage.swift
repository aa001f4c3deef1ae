package import Artifacts
import Blocks
import DataStages
import Inputs
import Spaces

/// Reduces a space of paths to representative architectures.
package enum SampleSpaceStage: Stage {
  package static let declaration = StageDeclaration(
    name: "sample-space", version: 2,
    summary: "Reduce a space of architectures to representatives, or take architectures written by hand.",
    parameters: [
      Parameter(
        "modules", .list(.string), default: .list(Module.standard.map { .string($0.text) }),
        neutral: .list(Module.standard.map { .string($0.text) }),
        help: "Kinds of block, with options where they are not the usual ones, as hyena(form=modal): "
          + BlockKind.all.map(\.name).joined(separator: ", ") + "."),
      Parameter(
        "depths", .list(.int(1...32)), default: .list([3, 4, 5, 6].map(Value.int)),
        neutral: .list([3, 4, 5, 6].map(Value.int)), unit: "layers", help: "Numbers of layers."),
      Parameter(
        "widths", .list(.int(8...8192)), default: .list([64, 128, 256, 512].map(Value.int)),
        neutral: .list([64, 128, 256, 512].map(Value.int)), unit: "features", help: "Widths of a layer."),
      Parameter(
        "count", .int(1...100_000), default: .int(360), neutral: .int(360), unit: "architectures",
        help: "How many representatives are kept, split equally over the depths."),
      Parameter(
        "min-distance", .float(0...100), default: .float(1.5), neutral: .float(1.5),
        help: "Least Euclidean distance between the log2 width vectors that are kept; 0 keeps all."),
      Parameter(
        "monotonic", .bool, default: .bool(true), neutral: .bool(true),
        help: "Keep only non-decreasing widths that end in the largest."),
      Parameter(
        "distance-first", .bool, default: .bool(false), neutral: .bool(false),
        help: "Filter by distance before widths are constrained, as BioArc counts, not after."),
      Parameter(
        "max-parameters", .int(0...Int.max), default: .int(0), neutral: .int(0), unit: "parameters",
        help: "Most parameters of an architecture's blocks; 0 sets no bound."),
      Parameter(
        "architectures", .list(.string), default: .list([]), neutral: .list([]),
        help:
          "Architectures written by hand, as c64-t128 or c64(kernel=5,dilation=2)-t128(heads=4); if there are any, "
          + "they are the space."),
      .seed,
    ],
    inputs: [],
    outputs: [
      OutputPort("space", .space, .file, help: "How the space was reduced, and what was kept."),
      OutputPort(
        "architectures", .architectures, .tree, member: .architecture, help: "The architectures, one file each."),
    ],
    isParallel: true, rules: [.space, .writtenSpace], forms: [.architecture(at: "architectures")],
    example: """
      space:
        stage: sample-space
        with: { modules: [cnn, transformer], depths: [3, 4], widths: [32, 64, 128], count: 24 }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let reduced: ReducedSpace
    guard let space = try space(StageSettings(values: context.parameters)) else {
      preconditionFailure("a parameter of the space is missing")
    }
    do { reduced = try space.reduce(threads: context.threads) } catch {
      throw StageFailure(code: "bad-space", "\(error)")
    }
    try context.outputs.write("space", "", JSONArtifact.encode(reduced))
    for architecture in reduced.architectures {
      try context.outputs.write("architectures", architecture.id, ArchitectureText.bytes(architecture))
    }
  }

  private static func module(_ text: String) throws -> Module {
    do { return try Module(parsing: text) } catch {
      throw StageFailure(code: "bad-space", "'\(text)' is no module: \(error)")
    }
  }

  /// The space that these parameters state; nil while one of them is not known.
  static func space(_ settings: StageSettings) throws -> SearchSpace? {
    let numbers = { (name: String) in
      settings.list(name)?.compactMap { if case .int(let value) = $0 { value } else { nil } }
    }
    guard let written = try settings.list("architectures")?.map({ try ArchitectureText.parse($0.description) }),
      let modules = try settings.list("modules")?.map({ try module($0.description) }), let depths = numbers("depths"),
      let widths = numbers("widths"),
      let distance = settings.float("min-distance"), let monotonic = settings.bool("monotonic"),
      let distanceFirst = settings.bool("distance-first"),
      let most = settings.int("max-parameters"), let count = settings.int("count")
    else { return nil }
    if !written.isEmpty { return SearchSpace(written: written) }
    return SearchSpace(
      modules: modules, depths: depths, widths: widths,
      minimumDistance: distance, monotonic: monotonic, distanceFirst: distanceFirst,
      maximumParameters: most == 0 ? nil : most, count: count, seed: settings.int("seed") ?? 0)
  }
}

extension ArtifactKind {
  /// A search space: how it was reduced, and the architectures that were kept.
  package static let space = ArtifactKind("space")
}
