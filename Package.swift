// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .unsafeFlags(["-warnings-as-errors"]),
]

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], swift: [SwiftSetting] = [], linker: [LinkerSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings + swift, linkerSettings: linker)
}

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
      dependencies: ["CFuzzer", "Artifacts", "Plans", "Sequences", "Stages", "Supernets", "Tensors"],
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
    .systemLibrary(name: "CCrypto"),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CYAML"),
    .systemLibrary(name: "CZlib"),
    .systemLibrary(name: "CZstd"),
    .target(
      name: "CKernels", cSettings: [.unsafeFlags([isFuzzing ? "-O0" : "-O3", "-mprefer-vector-width=512"])]),

    library("Artifacts", ["CCrypto"], linker: [archive("crypto")]),
    library("Compression", ["Artifacts", "CZstd", "CZlib"], linker: [archive("zstd"), archive("z")]),
    library("Stores", ["Artifacts", "Compression"]),
    library("Plans", ["Artifacts", "CYAML"], linker: [archive("yaml")]),
    library("Scheduling", ["Artifacts", "Plans", "Stores", "CLinux"]),

    library("Randomness"),
    library("Sequences", ["Randomness"]),
    library("Tensors", ["CKernels", "Randomness"]),
    library("Layers", ["Tensors", "Randomness"]),
    library("Supernets", ["Layers", "Tensors", "Randomness"]),
    library("Rankings", ["Randomness"]),

    library(
      "Stages",
      ["Artifacts", "Compression", "Sequences", "Tensors", "Layers", "Supernets", "Rankings", "Randomness"]),
    .executableTarget(
      name: "bioarc", dependencies: ["Artifacts", "Plans", "Stores", "Scheduling", "Stages", arguments],
      swiftSettings: settings),
    .executableTarget(
      name: "bench",
      dependencies: ["CKernels", "Sequences", "Tensors", "Layers", "Supernets", "Randomness", arguments],
      exclude: ["Peers", "growth.svg"], swiftSettings: settings),

    .target(
      name: "TestSupport", path: "Tests/TestSupport", exclude: ["slurm-cluster.sh"], swiftSettings: settings),
    tests("ArtifactsTests", ["Artifacts"]),
    tests("CompressionTests", ["Compression", "Artifacts"]),
    tests("StoresTests", ["Stores", "Artifacts", "Compression"]),
    tests("PlansTests", ["Plans", "Artifacts"], exclude: ["Goldens"]),
    tests("SchedulingTests", ["Scheduling", "Plans", "Stores", "Artifacts", "Stages"]),
    tests("SequencesTests", ["Sequences", "Randomness"], exclude: ["Goldens", "Peers"]),
    tests("TensorsTests", ["CKernels", "Tensors", "Randomness"]),
    tests("LayersTests", ["Layers", "Tensors", "Randomness"], exclude: ["Goldens"]),
    tests("SupernetsTests", ["Supernets", "Layers", "Tensors", "Randomness"]),
    tests("RankingsTests", ["Rankings"]),
    tests("StagesTests", ["Stages", "Artifacts", "Plans", "Rankings", "Supernets"], exclude: ["Goldens"]),
    tests("EndToEndTests", [], exclude: ["Goldens"]),
    tests("RepositoryTests", []),
  ] + fuzzing
)
