// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .unsafeFlags(["-warnings-as-errors"]),
]

/// The two flows, what both stand on, and the program in which they meet: folders of `Sources`.
enum Wing: String {
  case base = "Base"
  case runner = "Runner"
  case models = "Models"
  case program = "Program"

  func path(_ target: String) -> String { "Sources/\(rawValue)/\(target)" }
}

func library(
  _ wing: Wing, _ name: String, _ dependencies: [Target.Dependency] = [], linker: [LinkerSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: wing.path(name), swiftSettings: settings, linkerSettings: linker)
}

func system(_ name: String) -> Target { .systemLibrary(name: name, path: Wing.base.path(name)) }

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude, swiftSettings: settings)
}

// Static archives, so that the binary can be copied to a machine that has none of these libraries.
func archive(_ name: String) -> LinkerSetting { .unsafeFlags(["-Xlinker", "-l:lib\(name).a"]) }

// The fuzzer is linked with libFuzzer: it is there for `make fuzz` alone, which runs no kernel and compiles them fast.
let isFuzzing = Context.environment["BIOARC_FUZZ"] == "1"
let fuzzing: [Target] =
  isFuzzing
  ? [
    .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(
      name: "fuzz",
      dependencies: ["CFuzzer", "Artifacts", "Plans", "Sequences", "Stages", "Training", "Tensors"],
      path: "Tests/Fuzz/Targets", swiftSettings: settings),
  ] : []

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "bioarc",
  products: [
    .executable(name: "bioarc", targets: ["bioarc"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
  ],
  targets: [
    system("CCrypto"),
    system("CLinux"),
    system("CYAML"),
    system("CZlib"),
    system("CZstd"),
    .target(
      name: "CKernels", path: Wing.models.path("CKernels"),
      cSettings: [.unsafeFlags([isFuzzing ? "-O0" : "-O3", "-mprefer-vector-width=512"])]),

    library(.runner, "Artifacts", ["CCrypto"], linker: [archive("crypto")]),
    library(.runner, "Compression", ["Artifacts", "CZstd", "CZlib"], linker: [archive("zstd"), archive("z")]),
    library(.runner, "Stores", ["Artifacts", "Compression"]),
    library(.runner, "Plans", ["Artifacts", "JSON", "CYAML"], linker: [archive("yaml")]),
    library(.runner, "Scheduling", ["Artifacts", "Plans", "Stores", "JSON", "CLinux"]),

    library(.base, "JSON"),
    library(.base, "Randomness"),
    library(.models, "Sequences", ["JSON", "Randomness"]),
    library(.models, "Tensors", ["CKernels", "Randomness"]),
    library(.models, "Blocks", ["Tensors", "Randomness"]),
    library(.models, "Spaces", ["Blocks", "Randomness"]),
    library(.models, "Training", ["Spaces", "Blocks", "Tensors", "JSON", "Randomness"]),
    library(.models, "Rankings", ["Randomness"]),

    library(
      .program, "Stages",
      [
        "Artifacts", "Compression", "Sequences", "Tensors", "Blocks", "Spaces", "Training", "Rankings", "JSON",
        "Randomness",
      ]),
    .executableTarget(
      name: "bioarc", dependencies: ["Artifacts", "Plans", "Stores", "Scheduling", "Stages", "JSON", arguments],
      path: Wing.program.path("bioarc"), swiftSettings: settings),
    .executableTarget(
      name: "bench",
      dependencies: ["CKernels", "Sequences", "Tensors", "Blocks", "Spaces", "Training", "Randomness", arguments],
      path: Wing.program.path("bench"), exclude: ["Peers", "growth.svg"], swiftSettings: settings),

    .target(
      name: "TestSupport", path: "Tests/TestSupport", exclude: ["slurm-cluster.sh"], swiftSettings: settings),
    tests("JSONTests", ["JSON"]),
    tests("ArtifactsTests", ["Artifacts"]),
    tests("CompressionTests", ["Compression", "Artifacts"]),
    tests("StoresTests", ["Stores", "Artifacts", "Compression"]),
    tests("PlansTests", ["Plans", "Artifacts"], exclude: ["Goldens"]),
    tests("SchedulingTests", ["Scheduling", "Plans", "Stores", "Artifacts", "Stages"]),
    tests("SequencesTests", ["Sequences", "Randomness"], exclude: ["Goldens", "Peers"]),
    tests("TensorsTests", ["CKernels", "Tensors", "Randomness"]),
    tests("BlocksTests", ["Blocks", "Training", "Tensors"], exclude: ["Goldens"]),
    tests("SpacesTests", ["Spaces", "Blocks"]),
    tests("TrainingTests", ["Training", "Spaces", "Blocks", "Tensors", "Randomness"], exclude: ["Goldens"]),
    tests("RankingsTests", ["Rankings"]),
    tests("StagesTests", ["Stages", "Artifacts", "Blocks", "JSON", "Plans", "Rankings"], exclude: ["Goldens"]),
    tests("EndToEndTests", [], exclude: ["Goldens"]),
    tests("RepositoryTests", []),
  ] + fuzzing
)
