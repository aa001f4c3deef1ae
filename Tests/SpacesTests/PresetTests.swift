import Blocks
import Spaces
import Testing

/// Parameters of published models, counted from the papers' and the released code's layers: an independent form of what
/// `Preset` states and the blocks add up to.
private enum Count {
  /// ConvNova (convnova.py): two stems of 9 taps, five gated blocks of two convolutions and two norms, a feed-forward
  /// part where it is on, four last maps with two norms.
  static func convNova(_ d: Int, kernel k: Int, feedForward: Bool, inner e: Int, vocabulary V: Int = 5) -> Int {
    let stems = 2 * (V * d * 9 + d), blocks = 5 * (2 * (d * d * k + d) + 2 * 2 * d)
    let m = d * e, last = (d * m + m) + 2 * (m * m + m) + 2 * m + (m * d + d) + 2 * d
    return stems + blocks + (feedForward ? 5 * (d * d + d + 2 * d) : 0) + last
  }

  /// HyenaDNA (standalone_hyenadna.py), head tied: an operator, two norms and an MLP of 4d a layer.
  static func hyenaDNA(_ d: Int, layers: Int, vocabulary V: Int = 16) -> Int {
    let filter = (5 * 64 + 64) + 2 * (64 * 64 + 64) + 64 + 64 * d
    let operation = (3 * d * d + 3 * d) + (3 * 3 * d + 3 * d) + filter + d + (d * d + d)
    return layers * (operation + 4 * d + (8 * d * d + 5 * d)) + V * d + 2 * d
  }

  /// Caduceus-Ph: BiMamba with tied projections and RMSNorm.
  static func caduceus(_ d: Int, layers: Int, vocabulary V: Int = 16) -> Int {
    let e = 2 * d, rank = (d + 15) / 16
    let direction = (4 * e + e) + e * (rank + 32) + (rank * e + e) + 16 * e + e
    return layers * (d * 2 * e + e * d + 2 * direction + d) + V * d + d
  }

  /// BERT without a pooler: embeddings of tokens, places and two types, and their norm; layers of 4d.
  static func bert(_ layers: Int, vocabulary V: Int, d: Int = 768, places: Int = 512) -> Int {
    V * d + places * d + 2 * d + 2 * d + layers * (12 * d * d + 13 * d)
  }

  /// StripedHyena: modal filters of 8 waves, attention in some layers, gated MLPs, RMSNorm, tied head.
  static func striped(_ d: Int, layers: Int, attention: Int, vocabulary V: Int = 512) -> Int {
    let mlp = 3 * d * (16 * ((8 * d + 47) / 48)), hyena = (3 * d * d + 3 * d) + 12 * d + 4 * 8 * d + d + (d * d + d)
    let attends = (3 * d * d + 3 * d) + (d * d + d)
    return V * d + d + (layers - attention) * (hyena + mlp + 2 * d) + attention * (attends + mlp + 2 * d)
  }
}

@Suite struct PresetTests {
  @Test func `presets have the parameters of the published models`() throws {
    let counted: [String: Int] = [
      "convnova-128": Count.convNova(128, kernel: 9, feedForward: true, inner: 2) + 128 * 5 + 5,
      "convnova-64": Count.convNova(64, kernel: 5, feedForward: false, inner: 4),
      "hyenadna-tiny-1k": Count.hyenaDNA(128, layers: 2), "hyenadna-small-32k": Count.hyenaDNA(256, layers: 4),
      "hyenadna-medium-160k": Count.hyenaDNA(256, layers: 8), "hyenadna-large-1m": Count.hyenaDNA(256, layers: 8),
      "stripedhyena-256": Count.striped(256, layers: 8, attention: 1),
      "caduceus-ph-118": Count.caduceus(118, layers: 4), "caduceus-ph-256": Count.caduceus(256, layers: 4),
      "barcodebert-4-4-4": Count.bert(4, vocabulary: 258), "barcodemae-6-6-6": Count.bert(6, vocabulary: 4098),
      "dnabert-6": Count.bert(12, vocabulary: 4101), "esm2-8m": 7_512_474,
    ]
    #expect(Set(counted.keys) == Set(Preset.all.map(\.name)))
    for preset in Preset.all {
      #expect(preset.published == counted[preset.name], "\(preset.name)")
      let difference = preset.differences.reduce(0) { $0 + $1.count }
      #expect(preset.parameterCount + difference == preset.published, "\(preset.name): \(preset.parameterCount)")
    }
    // The numbers that the sources state.
    #expect(counted["convnova-128"] == 1_772_933 && counted["convnova-64"] == 377_920)
    #expect(counted["hyenadna-tiny-1k"]! / 1000 == 436 && counted["hyenadna-large-1m"]! / 10_000 == 655)
    #expect(counted["caduceus-ph-118"]! / 1000 == 470 && counted["caduceus-ph-256"]! / 100_000 == 19)
  }

  /// Keys hold the name of a preset and not its text, which therefore never changes: another form gets another name.
  @Test func `the text of a preset is what it was`() {
    let modal = "h256(form=modal,mlp=gated,norm=rms)"
    let frozen: [String: String] = [
      "convnova-128":
        "e128(stem=9)-g128(mlp=dense)-g128(mlp=dense)-g128(mlp=dense)-g128(dilation=4,mlp=dense)"
        + "-g128(dilation=16,mlp=dense,tail=2)",
      "convnova-64":
        "e64(stem=9)-g64(kernel=5)-g64(kernel=5)-g64(kernel=5)-g64(dilation=4,kernel=5)"
        + "-g64(dilation=16,kernel=5,tail=4)",
      "hyenadna-tiny-1k": "e128-h128(mlp=gelu)-h128(mlp=gelu)",
      "stripedhyena-256":
        "e256-\(modal)-\(modal)-\(modal)-\(modal)-t256(mlp=gated,norm=rms)-\(modal)-\(modal)-\(modal)",
      "caduceus-ph-118": "e118-m118-m118-m118-m118",
      "barcodebert-4-4-4":
        "e768-t768(heads=4,rope=0)-t768(heads=4,rope=0)-t768(heads=4,rope=0)-t768(heads=4,rope=0)",
      "esm2-8m": "e320" + String(repeating: "-t320(heads=20)", count: 6),
    ]
    for (name, text) in frozen { #expect(Preset.named(name)?.text == text, "\(name)") }
    let repeated = [
      ("hyenadna-small-32k", "e256", "-h256(length=32768,mlp=gelu)", 4),
      ("hyenadna-medium-160k", "e256", "-h256(length=160000,mlp=gelu)", 8),
      ("hyenadna-large-1m", "e256", "-h256(length=1000000,mlp=gelu)", 8), ("caduceus-ph-256", "e256", "-m256", 4),
      ("barcodemae-6-6-6", "e768", "-t768(heads=6,rope=0)", 6), ("dnabert-6", "e768", "-t768(rope=0)", 12),
    ]
    for (name, start, layer, count) in repeated {
      #expect(Preset.named(name)?.text == start + String(repeating: layer, count: count), "\(name)")
    }
    #expect(frozen.count + repeated.count == Preset.all.count)
  }

  @Test func `a preset is an architecture that can be built`() throws {
    #expect(Set(Preset.all.map(\.name)).count == Preset.all.count)
    for preset in Preset.all {
      let architecture = try Architecture(parsing: Preset.prefix + preset.name)
      #expect(architecture == preset.architecture && architecture.problem(causal: preset.isCausal) == nil)
      #expect(architecture.text == preset.text, "\(preset.name) is not written in the canonical form")
      #expect(architecture.layers.allSatisfy { $0.width == architecture.embedding?.width })
    }
  }
}
