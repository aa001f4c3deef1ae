import ArgumentParser

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures hot paths, beside the programs that people use today.",
    subcommands: [
      Tokenizers.self, SpaceBenchmark.self, TrainingBench.self, OpsBench.self, ProductsBench.self, GrowthBench.self,
      RunnersBench.self, RemotesBench.self, PlanningBench.self, EditorBench.self, GenerationBench.self,
    ])
}

Bench.main()
