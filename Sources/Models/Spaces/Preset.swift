import Blocks

/// A published architecture, written in the blocks of this program. Its text never changes, for keys hold its
/// name: another form is another preset.
package struct Preset: Sendable {
  package let name: String
  /// The canonical text of its architecture.
  package let text: String
  /// A few words.
  package let summary: String
  /// The publication.
  package let source: String
  /// Tokens of its vocabulary, specials included, as published.
  package let vocabulary: Int
  /// Whether a token sees only itself and earlier ones.
  package let isCausal: Bool
  /// Learned positions; 0 for none.
  package let positions: Int
  /// Parameters of the published model as it is stated, or as its code counts them at this size, without a pooler.
  package let published: Int
  /// Parameters that the published model has and this one has not, with their meaning; negative for the converse.
  package let differences: [Difference]

  /// Parameters by which a published model and its form here differ.
  package struct Difference: Sendable {
    package let count: Int
    package let reason: String

    init(_ count: Int, _ reason: String) {
      self.count = count
      self.reason = reason
    }
  }

  /// The start of a text that names a preset in the place of an architecture.
  package static let prefix = "preset:"

  package static func named(_ name: String) -> Preset? { all.first { $0.name == name } }

  package var architecture: Architecture {
    do throws(ArchitectureFinding) { return try Architecture(parsing: text) } catch {
      preconditionFailure("the preset \(name) is no architecture: \(error)")
    }
  }

  /// Parameters of the architecture here, with embedding and positions and without a head.
  package var parameterCount: Int {
    let architecture = architecture
    let embedding = architecture.embedding ?? Embedding(widths: architecture.layers.map(\.width))
    return architecture.parameters(embedding: embedding, vocabulary: vocabulary, causal: isCausal)
      + positions * embedding.width
  }
}

extension Preset {
  /// Every preset, family by family.
  package static let all: [Preset] = convNova + hyenas + mambas + transformers

  private static func layers(_ count: Int, _ text: String) -> [String] { [String](repeating: text, count: count) }

  private static func joined(_ embedding: String, _ layers: [String]) -> String {
    ([embedding] + layers).joined(separator: "-")
  }

  private static let convNova: [Preset] = {
    let stack = { (width: Int, kernel: String, mlp: String, tail: Int) in
      [1, 1, 1, 4, 16].enumerated().map { index, dilation in
        let options = [
          dilation == 1 ? "" : "dilation=\(dilation)", kernel, mlp, index == 4 ? "tail=\(tail)" : "",
        ].filter { !$0.isEmpty }
        return "g\(width)" + (options.isEmpty ? "" : "(\(options.joined(separator: ",")))")
      }
    }
    return [
      Preset(
        name: "convnova-128", text: joined("e128(stem=9)", stack(128, "", "mlp=dense", 2)),
        summary: "ConvNova as pretrained on the human genome: five gated convolutions of width 128, 193 letters wide",
        source: "Bo et al. 2025, arXiv 2502.18538", vocabulary: 5, isCausal: false, positions: 0, published: 1_772_933,
        differences: [
          Difference(645, "the head that names letters, which belongs to the objective here"),
          Difference(-256, "the norm before every head"),
        ]),
      Preset(
        name: "convnova-64", text: joined("e64(stem=9)", stack(64, "kernel=5", "", 4)),
        summary: "ConvNova of the Genomic Benchmarks: width 64, kernels of 5, 101 letters wide",
        source: "Bo et al. 2025, arXiv 2502.18538", vocabulary: 5, isCausal: false, positions: 0, published: 377_920,
        differences: [Difference(-128, "the norm before every head")]),
    ]
  }()

  private static let hyenas: [Preset] = {
    let hyenaDNA = { (name: String, width: Int, depth: Int, length: Int, published: Int) in
      Preset(
        name: name,
        text: joined(
          "e\(width)", layers(depth, "h\(width)(" + (length == 1024 ? "" : "length=\(length),") + "mlp=gelu)")),
        summary: "HyenaDNA, width \(width), \(depth) layers, for \(length) letters",
        source: "Nguyen et al. 2023, arXiv 2306.15794",
        vocabulary: 16, isCausal: true, positions: 0, published: published, differences: [])
    }
    let striped = (0..<8).map { $0 == 4 ? "t256(mlp=gated,norm=rms)" : "h256(form=modal,mlp=gated,norm=rms)" }
    return [
      hyenaDNA("hyenadna-tiny-1k", 128, 2, 1024, 436_096),
      hyenaDNA("hyenadna-small-32k", 256, 4, 32_768, 3_277_568),
      hyenaDNA("hyenadna-medium-160k", 256, 8, 160_000, 6_550_528),
      hyenaDNA("hyenadna-large-1m", 256, 8, 1_000_000, 6_550_528),
      Preset(
        name: "stripedhyena-256", text: joined("e256", striped),
        summary: "StripedHyena, the form of Evo, at a width of our own, 256: attention in the fifth of eight layers",
        source: "Poli et al. 2023; Nguyen et al. 2024 (Evo)", vocabulary: 512, isCausal: true, positions: 0,
        published: 6_548_480, differences: [Difference(-256, "the bias of the last norm")]),
    ]
  }()

  private static let mambas: [Preset] = [
    (118, 4, 470_702), (256, 4, 1_934_592),
  ].map { width, depth, published in
    Preset(
      name: "caduceus-ph-\(width)", text: joined("e\(width)", layers(depth, "m\(width)")),
      summary: "Caduceus-Ph, BiMamba of width \(width), \(depth) layers: state 'strands: both' for its augmentation",
      source: "Schiff et al. 2024, arXiv 2403.03234", vocabulary: 16, isCausal: false, positions: 0,
      published: published, differences: [Difference(-width, "the bias of the last norm")])
  }

  private static let transformers: [Preset] = {
    let bert = {
      (name: String, summary: String, source: String, depth: Int, heads: Int, vocabulary: Int, published: Int) in
      Preset(
        name: name,
        text: joined("e768", layers(depth, heads == 12 ? "t768(rope=0)" : "t768(heads=\(heads),rope=0)")),
        summary: summary, source: source, vocabulary: vocabulary, isCausal: false, positions: 512,
        published: published,
        differences: [Difference(1536, "types of token, which add the same to every token of a single sequence")])
    }
    return [
      bert(
        "barcodebert-4-4-4",
        "BarcodeBERT: 4 layers and 4 heads on 4-mers that do not overlap; norms before their parts",
        "Millan Arias et al. 2023, arXiv 2311.02401", 4, 4, 258, 28_945_920),
      bert(
        "barcodemae-6-6-6",
        "the encoder of BarcodeMAE: 6 layers and 6 heads on 6-mers that do not overlap; norms before their parts",
        "Safari et al. 2025", 6, 6, 4098, 46_070_784),
      bert(
        "dnabert-6", "DNABERT's shape: 12 layers and 12 heads on overlapping 6-mers; norms before their parts",
        "Ji et al. 2021", 12, 12, 4101, 88_600_320),
      Preset(
        name: "esm2-8m", text: joined("e320", layers(6, "t320(heads=20)")),
        summary: "ESM-2 of 8 million parameters, for proteins", source: "Lin et al. 2023", vocabulary: 33,
        isCausal: false, positions: 0, published: 7_512_474,
        differences: [
          Difference(103_393, "the head that names residues, which belongs to the objective here"),
          Difference(121, "the head of contacts"),
        ]),
    ]
  }()
}
