package import Artifacts
import Supernets

/// Reduces a space of paths to representative architectures.
package enum SampleSpaceStage: Stage {
  package static let declaration = StageDeclaration(
    name: "sample-space", version: 1,
    summary: "Reduce a space of architectures to representatives, or take architectures written by hand.",
    parameters: [
      Parameter(
        "modules", .list(.choice(Module.allCases.map(\.rawValue))),
        default: .list(Module.allCases.map { .string($0.rawValue) }),
        neutral: .list(Module.allCases.map { .string($0.rawValue) }), help: "Kinds of block."),
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
        "max-parameters", .int(0...Int.max), default: .int(0), neutral: .int(0), unit: "parameters",
        help: "Most parameters of an architecture's blocks; 0 sets no bound."),
      Parameter(
        "architectures", .list(.string), default: .list([]), neutral: .list([]),
        help: "Architectures written by hand, as c64-t128; if there are any, they are the space."),
      .seed,
    ],
    inputs: [],
    outputs: [
      OutputPort("space", .space, .file, help: "How the space was reduced, and what was kept."),
      OutputPort(
        "architectures", .architectures, .tree, member: .architecture, help: "The architectures, one file each."),
    ],
    isParallel: true,
    example: """
      space:
        stage: sample-space
        with: { modules: [cnn, transformer], depths: [3, 4], widths: [32, 64, 128], count: 24 }
      """)

  package static func run(_ context: StageContext) throws {
    let reduced: ReducedSpace
    do { reduced = try space(context).reduce(threads: context.threads) } catch let finding as SpaceFinding {
      throw StageFailure(code: "bad-space", "\(finding)")
    }
    try context.outputs.write("space", "", JSONArtifact.encode(reduced))
    for architecture in reduced.architectures {
      try context.outputs.write("architectures", architecture.id, ArchitectureText.bytes(architecture))
    }
  }

  private static func space(_ context: StageContext) throws -> SearchSpace {
    let numbers = { (name: String) in
      context.list(name).compactMap { if case .int(let value) = $0 { value } else { nil } }
    }
    let written = try context.list("architectures").map { try ArchitectureText.parse($0.description) }
    if !written.isEmpty { return SearchSpace(written: written) }
    return SearchSpace(
      modules: context.list("modules").compactMap { Module(rawValue: $0.description) }, depths: numbers("depths"),
      widths: numbers("widths"), minimumDistance: context.float("min-distance"), monotonic: context.bool("monotonic"),
      maximumParameters: context.int("max-parameters") == 0 ? nil : context.int("max-parameters"),
      count: context.int("count"), seed: context.int("seed"))
  }
}
