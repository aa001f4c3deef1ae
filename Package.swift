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

// The reference LAPACK in its own folders, whatever else a machine has by that name: of OpenBLAS, the kernels of all
// its cores would be linked, 26 MB.
#if arch(arm64)
  let libraries = "/usr/lib/aarch64-linux-gnu"
#else
  let libraries = "/usr/lib/x86_64-linux-gnu"
#endif
let lapack: [LinkerSetting] =
  [.unsafeFlags(["lapack", "blas"].flatMap { ["-Xlinker", "-L\(libraries)/\($0)"] })]
  + ["lapack", "blas"].map(archive)

// Lines for backtraces, compressed; `make build` leaves them out, and names stay.
let compressedDebugging: LinkerSetting = .unsafeFlags([
  "-use-ld=lld", "-Xlinker", "--compress-debug-sections=zlib",
])

// The fuzzer is linked with libFuzzer: it is there for `make fuzz` alone, which runs no kernel and compiles them fast.
let isFuzzing = Context.environment["BIOARC_FUZZ"] == "1"
let fuzzing: [Target] =
  isFuzzing
  ? [
    .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "CFuzzer", "JSON", "Artifacts", "YAML", "Syntax", "Plans", "Sequences", "Tokenizers", "Labelled", "Tensors",
        "Spaces", "Networks", "Training", "Inputs", "Stages", "Tokens", "Files", "Stores", "Remotes", "Sharing",
      ],
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
    system("CCurl"),
    system("CLapack"),
    system("CLinux"),
    system("CYAML"),
    system("CZlib"),
    system("CZstd"),
    .target(
      name: "CKernels", path: Wing.models.path("CKernels"),
      cSettings: [.unsafeFlags([isFuzzing ? "-O0" : "-O3", "-mprefer-vector-width=512"])]),

    library(.runner, "Artifacts", ["Wording", "CCrypto"], linker: [archive("crypto")]),
    library(.runner, "Compression", ["Artifacts", "CZlib", "CZstd"], linker: [archive("zstd"), archive("z")]),
    library(.runner, "Files", ["System", "Wording", "Artifacts"]),
    library(.runner, "Packs", ["System", "Artifacts", "Files"]),
    library(.runner, "Stores", ["System", "Wording", "Artifacts", "Compression", "Files", "Packs"]),
    library(.runner, "Remotes", ["JSON", "System", "Wording", "Web", "Artifacts", "Files", "CCurl"]),
    library(.runner, "Signing", ["System", "Web", "Artifacts"]),
    library(
      .runner, "Sharing",
      ["JSON", "System", "Wording", "Artifacts", "Compression", "Files", "Stores", "Remotes", "Signing"]),
    library(.runner, "Space", ["System", "Artifacts", "Files", "Packs", "Stores"]),
    library(.runner, "YAML", ["JSON", "Wording", "Artifacts", "CYAML"], linker: [archive("yaml")]),
    library(.runner, "Syntax", ["Wording", "Web", "Artifacts", "YAML"]),
    library(.runner, "Plans", ["Wording", "Artifacts", "YAML", "Syntax"]),
    library(.runner, "Manual", ["JSON", "Wording", "Artifacts", "YAML", "Syntax"]),
    library(.runner, "Events", ["JSON", "System", "Artifacts", "Files", "Stores"]),
    library(
      .runner, "Catalogs",
      ["System", "Wording", "Web", "Artifacts", "Files", "Stores", "Remotes", "YAML", "Syntax", "Plans"]),
    library(
      .runner, "Resolving",
      ["JSON", "Wording", "Artifacts", "Stores", "Events", "Syntax", "Plans", "Catalogs"]),
    library(
      .runner, "Explaining",
      ["JSON", "Artifacts", "Stores", "Events", "YAML", "Syntax", "Plans", "Catalogs", "Resolving"]),
    library(.runner, "Timelines", ["System", "Artifacts", "Files", "Stores", "Events", "Syntax"]),
    library(.runner, "Working", ["JSON", "System", "Artifacts", "Files", "Stores"]),
    library(
      .runner, "Running",
      [
        "JSON", "System", "Artifacts", "Files", "Stores", "Events", "Space", "Syntax", "Plans", "Catalogs", "Resolving",
        "Working",
      ]),

    library(.base, "JSON"),
    library(.base, "System", ["CLinux"]),
    library(.base, "Wording"),
    library(.base, "Web"),
    library(.base, "Figures", ["Wording"]),
    library(.base, "Tables", ["JSON", "System", "Wording"]),
    library(.base, "Randomness"),
    library(.models, "Sequences", ["Randomness"]),
    library(.models, "SequenceProfiles", ["Sequences", "Arithmetic"]),
    library(.models, "Evolution", ["Randomness", "Sequences", "SequenceProfiles"]),
    library(.models, "Labelled", ["Wording", "Sequences"]),
    library(.models, "Intervals", ["Randomness", "Sequences"]),
    library(.models, "Variants", ["Sequences", "Labelled"]),
    library(.models, "Tokens", ["Randomness", "Sequences"]),
    library(.models, "Tokenizers", ["JSON", "System", "Sequences", "Tokens"]),
    library(.models, "Arithmetic", ["CKernels"]),
    library(.models, "Tensors", ["CKernels", "Arithmetic"]),
    library(.models, "Ops", ["Randomness", "CKernels", "Arithmetic", "Tensors"]),
    library(.models, "Losses", ["CKernels", "Arithmetic", "Tensors", "Ops"]),
    library(.models, "Blocks", ["Randomness", "Arithmetic", "Tensors", "Ops"]),
    library(.models, "Spaces", ["System", "Wording", "Randomness", "Blocks"]),
    library(
      .models, "Networks",
      ["JSON", "System", "Randomness", "Arithmetic", "Tensors", "Ops", "Blocks", "Spaces", "Tokens"]),
    library(
      .models, "Training",
      [
        "JSON", "System", "Randomness", "Tensors", "Ops", "Losses", "Blocks", "Spaces", "Networks", "LinearModels",
        "Tokens",
      ]),
    library(.models, "Generation", ["System", "Randomness", "Arithmetic", "Tensors", "Networks", "Tokens"]),
    library(.models, "Statistics", ["Randomness"]),
    library(.models, "Rankings", ["Wording", "Randomness", "Arithmetic", "Statistics"]),
    library(.models, "RecallTasks", ["Randomness", "Rankings"]),
    library(
      .models, "Searches",
      [
        "System", "Wording", "Randomness", "Blocks", "Spaces", "Networks", "Training", "LinearModels", "Statistics",
        "Rankings", "Tokens",
      ]),
    library(.models, "Clustering", ["System", "Randomness", "Arithmetic", "LinearAlgebra"]),
    library(.models, "LinearAlgebra", ["CLapack"], linker: lapack),
    library(.models, "LinearModels", ["System", "Sequences", "Arithmetic", "LinearAlgebra"]),
    library(.models, "Audits", ["System", "Wording", "Sequences", "Labelled", "Rankings", "LinearModels"]),

    library(
      .program, "Inputs",
      [
        "JSON", "Wording", "Artifacts", "Compression", "Sequences", "Tokenizers", "Intervals", "Labelled", "Spaces",
        "Rankings", "Tokens",
      ]),
    library(
      .program, "DataStages",
      [
        "JSON", "Wording", "Figures", "Tables", "Artifacts", "Sequences", "Tokenizers", "Intervals", "Labelled",
        "Inputs", "Tokens",
      ]),
    library(
      .program, "ModelStages",
      [
        "JSON", "System", "Wording", "Figures", "Tables", "Artifacts", "Sequences", "Tokenizers", "Labelled", "Blocks",
        "Spaces", "Networks", "Training", "Rankings", "Inputs", "DataStages", "Tokens",
      ]),
    library(
      .program, "UseStages",
      [
        "JSON", "Wording", "Figures", "Tables", "Randomness", "Artifacts", "Sequences", "Tokenizers", "Labelled",
        "Blocks", "Spaces", "Networks", "Rankings", "Inputs", "DataStages", "ModelStages", "Tokens",
      ]),
    library(
      .program, "LikelihoodStages",
      [
        "System", "Wording", "Figures", "Tables", "Artifacts", "Sequences", "Intervals", "Tokenizers", "Labelled",
        "Variants", "SequenceProfiles", "Networks", "LinearModels", "Rankings", "Inputs", "DataStages", "ModelStages",
        "Tokens",
      ]),
    library(
      .program, "AuditStages",
      ["System", "Wording", "Tables", "Artifacts", "Sequences", "Labelled", "Audits", "Inputs", "DataStages"]),
    library(
      .program, "TaskStages",
      [
        "JSON", "System", "Wording", "Figures", "Tables", "Artifacts", "Sequences", "Tokenizers", "Labelled", "Blocks",
        "Spaces", "Networks", "Training", "Rankings", "Searches", "LinearModels", "Audits", "Inputs", "DataStages",
        "ModelStages", "UseStages", "AuditStages", "Tokens",
      ]),
    library(
      .program, "SyntheticStages",
      [
        "Wording", "Tables", "Artifacts", "RecallTasks", "Spaces", "Networks", "Training", "Rankings", "Inputs",
        "DataStages", "ModelStages", "TaskStages", "Tokens",
      ]),
    library(
      .program, "StudyStages",
      [
        "Wording", "Figures", "Tables", "Artifacts", "Spaces", "Statistics", "Rankings", "Searches", "Inputs",
        "DataStages", "ModelStages", "TaskStages",
      ]),
    library(
      .program, "SearchStages",
      [
        "JSON", "Wording", "Tables", "Artifacts", "Sequences", "Labelled", "Blocks", "Spaces", "Rankings", "Searches",
        "Inputs", "DataStages", "ModelStages", "TaskStages",
      ]),
    library(
      .program, "ProbeStages",
      [
        "JSON", "System", "Wording", "Tables", "Artifacts", "Arithmetic", "Sequences", "Labelled", "Rankings",
        "Clustering", "LinearModels", "Audits", "Inputs", "DataStages", "UseStages", "TaskStages",
      ]),
    library(
      .program, "GenerationStages",
      [
        "Wording", "Artifacts", "Sequences", "Labelled", "Tokenizers", "Networks", "Generation", "Inputs",
        "ModelStages", "UseStages", "Tokens",
      ]),
    library(
      .program, "DesignStages",
      [
        "Wording", "Figures", "Tables", "Randomness", "Artifacts", "Sequences", "SequenceProfiles", "Evolution",
        "System", "Labelled", "LinearModels", "Rankings", "Tokenizers", "Networks", "Inputs", "DataStages",
        "ModelStages", "UseStages", "Tokens",
      ]),
    library(
      .program, "Stages",
      [
        "Artifacts", "CKernels", "LinearAlgebra", "Inputs", "DataStages", "ModelStages", "UseStages",
        "LikelihoodStages", "AuditStages", "TaskStages", "ProbeStages", "SyntheticStages", "StudyStages",
        "SearchStages", "GenerationStages", "DesignStages",
      ]),
    library(
      .program, "Studies",
      [
        "Wording", "Tables", "Artifacts", "Compression", "YAML", "Plans", "Sequences", "Intervals", "Labelled",
        "Inputs", "Stages",
      ]),
    library(
      .program, "Reports",
      [
        "JSON", "System", "Wording", "Figures", "Tables", "Artifacts", "Files", "Stores", "Events", "Space", "YAML",
        "Syntax", "Plans", "Resolving", "Explaining", "Running",
      ]),
    library(
      .program, "Console",
      ["JSON", "System", "Wording", "Artifacts", "Files", "YAML", "Plans"]),
    library(
      .program, "Sessions",
      [
        "JSON", "System", "Wording", "Figures", "Tables", "Artifacts", "Files", "Stores", "Events", "YAML", "Syntax",
        "Plans", "Catalogs", "Resolving", "Remotes", "Sharing", "Explaining", "Working", "Running", "Sequences",
        "Inputs", "DataStages", "ModelStages", "AuditStages", "TaskStages", "Stages", "Reports", "Console", arguments,
      ]),
    library(
      .program, "Differences",
      [
        "Wording", "Tables", "Artifacts", "Stores", "Events", "Syntax", "Plans", "Resolving", "Explaining", "Running",
        "Statistics", "Rankings", "Inputs", "ModelStages", "TaskStages", "Reports", "Console", "Sessions",
      ]),
    library(
      .program, "Publishing",
      [
        "JSON", "System", "Wording", "Tables", "Web", "Artifacts", "Compression", "Files", "Stores", "Remotes",
        "Signing", "Sharing", "Syntax", "Plans", "Catalogs", "Resolving", "DataStages", "ModelStages", "UseStages",
        "TaskStages", "Stages", "Console", "Sessions",
      ]),
    library(
      .program, "ShareVerbs",
      [
        "JSON", "System", "Wording", "Tables", "Artifacts", "Files", "Stores", "Syntax", "Plans", "Catalogs",
        "Resolving", "Remotes", "Signing", "Sharing", "TaskStages", "Publishing", "Sessions", "Console", arguments,
      ]),
    library(.program, "Texts", ["JSON", "YAML"]),
    library(
      .program, "LanguageServer",
      [
        "JSON", "System", "Wording", "Texts", "Artifacts", "Files", "Stores", "YAML", "Syntax", "Plans", "Manual",
        "Catalogs", "Resolving", "Sharing", "Explaining", "Running", "Stages", "Reports", "Console", "Sessions",
      ]),
    library(.program, "PageWriting", ["JSON", "Wording", "Web", "Figures", "Tables", "Artifacts", "Compression"]),
    library(
      .program, "Pages",
      [
        "System", "Wording", "Figures", "Tables", "Artifacts", "Stores", "Events", "Syntax", "Plans",
        "Resolving", "Explaining", "Timelines", "Spaces", "Rankings", "Searches", "Inputs", "DataStages", "ModelStages",
        "UseStages", "LikelihoodStages", "AuditStages", "TaskStages", "ProbeStages", "StudyStages", "SearchStages",
        "Stages", "PageWriting", "Reports", "Console", "Sessions",
      ]),
    .executableTarget(
      name: "bioarc",
      dependencies: [
        "JSON", "System", "Wording", "Figures", "Tables", "Artifacts", "Files", "Stores", "Events", "Space", "YAML",
        "Syntax", "Plans", "Manual", "Catalogs", "Resolving", "Explaining", "Working", "Running", "Sharing",
        "ShareVerbs", "Labelled", "Blocks", "Spaces", "Inputs", "DataStages", "ModelStages", "UseStages", "TaskStages",
        "Stages", "Studies", "Reports", "Differences", "Statistics", "Rankings", "Console", "Sessions",
        "LanguageServer", "Pages", arguments,
      ],
      path: Wing.program.path("bioarc"), swiftSettings: settings, linkerSettings: [compressedDebugging]),
    .executableTarget(
      name: "bench",
      dependencies: [
        "JSON", "System", "Wording", "Figures", "Randomness", "Artifacts", "Compression", "Files", "Stores", "Remotes",
        "Sharing", "Syntax", "Plans", "Catalogs", "Resolving", "Texts", "LanguageServer", "CKernels", "Sequences",
        "Tokenizers", "Arithmetic", "Tensors", "Ops", "Losses", "Blocks", "Spaces", "Networks", "Training",
        "Generation", "Tokens", arguments,
      ],
      path: Wing.program.path("bench"), exclude: ["Peers", "growth.svg"], swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["Files"], path: "Tests/TestSupport",
      exclude: ["slurm-cluster.sh", "Servers"],
      swiftSettings: settings),
    tests("JSONTests", ["JSON"]),
    tests("FiguresTests", ["Web", "Figures"]),
    tests("SystemTests", ["System"]),
    tests("ArtifactsTests", ["Artifacts"]),
    tests("CompressionTests", ["Artifacts", "Compression"]),
    tests("StoresTests", ["Artifacts", "Compression", "Files", "Packs", "Stores", "Space"]),
    tests("RemotesTests", ["JSON", "Web", "Artifacts", "Files", "Remotes"]),
    tests("SharingTests", ["Artifacts", "Compression", "Files", "Stores", "Remotes", "Signing", "Sharing"]),
    tests("PublishingTests", ["JSON", "Web", "Artifacts", "Console", "Resolving", "Publishing"]),
    tests("PlansTests", ["JSON", "Wording", "Artifacts", "YAML", "Syntax", "Plans", "Manual"], exclude: ["Goldens"]),
    tests("LanguageServerTests", ["JSON", "YAML", "Syntax", "Plans", "Texts", "LanguageServer"]),
    tests("TimelinesTests", ["JSON", "System", "Artifacts", "Files", "Stores", "Events", "Timelines"]),
    tests("WorkingTests", ["Artifacts", "Working"]),
    tests(
      "RunningTests",
      [
        "System", "Artifacts", "Files", "Stores", "Events", "YAML", "Syntax", "Plans", "Catalogs", "Resolving",
        "Explaining", "Working", "Running", "Inputs", "ModelStages", "TaskStages", "Stages",
      ]),
    tests("TensorsTests", ["Randomness", "CKernels", "Tensors", "Ops", "Losses"]),
    tests("SequencesTests", ["Sequences"], exclude: ["Goldens"]),
    tests("LabelledTests", ["Sequences", "Labelled"], exclude: ["Goldens"]),
    tests("IntervalsTests", ["Randomness", "Sequences", "Intervals"]),
    tests("VariantsTests", ["Sequences", "Variants"]),
    tests("TokensTests", ["Tokens"], exclude: ["Goldens"]),
    tests("TokenizersTests", ["Sequences", "Tokenizers", "Labelled", "Tokens"], exclude: ["Goldens", "Peers"]),
    tests("StatisticsTests", ["Statistics"], exclude: ["Goldens"]),
    tests("RankingsTests", ["Statistics", "Rankings"], exclude: ["Goldens"]),
    tests("RecallTasksTests", ["Rankings", "RecallTasks"], exclude: ["Goldens"]),
    tests("SearchesTests", ["Blocks", "Spaces", "Rankings", "Searches"]),
    tests(
      "ClusteringTests", ["System", "Rankings", "Clustering"], exclude: ["Goldens"]),
    tests("LinearAlgebraTests", ["LinearAlgebra"], exclude: ["Goldens"]),
    tests("AuditsTests", ["System", "Sequences", "Labelled", "Rankings", "Audits"]),
    tests("LinearModelsTests", ["System", "Sequences", "Rankings", "LinearModels"], exclude: ["Goldens"]),
    tests(
      "StagesTests",
      [
        "JSON", "Wording", "Figures", "Tables", "Artifacts", "YAML", "Syntax", "Plans", "Manual", "Sequences",
        "Labelled", "Tokenizers", "Tokens", "Blocks", "Spaces", "Networks", "Training", "Rankings", "Inputs",
        "DataStages", "ModelStages", "UseStages", "LikelihoodStages", "AuditStages", "TaskStages", "ProbeStages",
        "SyntheticStages", "StudyStages", "SearchStages", "GenerationStages", "DesignStages", "Stages",
      ], exclude: ["Goldens"]),
    tests("BlocksTests", ["System", "Tensors", "Blocks", "Networks", "Training"], exclude: ["Goldens"]),
    tests("SpacesTests", ["Blocks", "Spaces"]),
    tests("EvolutionTests", ["Randomness", "Sequences", "SequenceProfiles", "Evolution"]),
    tests("SequenceProfilesTests", ["Randomness", "Sequences", "SequenceProfiles"]),
    tests("GenerationTests", ["Randomness", "Tensors", "Blocks", "Spaces", "Networks", "Generation", "Tokens"]),
    tests(
      "TrainingTests",
      [
        "JSON", "Randomness", "Sequences", "Tokenizers", "Tensors", "Ops", "Losses", "Blocks", "Spaces", "Networks",
        "Training", "LinearModels", "Tokens",
      ],
      exclude: ["Goldens"]),
    tests(
      "PagesTests",
      [
        "JSON", "System", "Wording", "Figures", "Tables", "Artifacts", "Compression", "Stores", "Events", "Resolving",
        "Rankings", "PageWriting", "Pages",
      ]),
    tests("EndToEndTests", [], exclude: ["Goldens", "Peers"]),
    tests("RepositoryTests", []),
  ] + fuzzing
)
