import Artifacts
import Testing

@Suite struct StepIdentityTests {
  private static func artifact(
    _ text: String, kind: ArtifactKind = .tokens, format: String = "", options: [String: String] = [:]
  ) -> ArtifactReference {
    ArtifactReference(
      kind: kind, format: format, options: options, layout: .file, digest: .of(Array(text.utf8)), size: text.utf8.count)
  }

  private static let small = StepIdentity(stage: "rank", version: 1, parameters: [:], horizon: [:], ports: [:])

  private static let large = StepIdentity(
    stage: "fine-tune", version: 3,
    parameters: [
      "lr": .float(0.001), "label": .string("é"), "widths": .list([.int(32), .int(64)]), "flag": .bool(true),
    ],
    horizon: ["epochs": .int(5)],
    ports: [
      "task": .one(artifact("data", kind: .labelledSequences, format: "csv", options: ["column": "3"])),
      "scores": .gathered([
        GatheredIdentity(ids: ["candidate": ["6", "h32"], "task": ["tata"]], artifact: artifact("m", kind: .metrics)),
        GatheredIdentity(ids: ["candidate": ["6", "h64"], "task": ["tata"]], artifact: nil),
      ]),
    ])

  /// Keys as released. A change here reruns everything that anyone has.
  @Test func `keys are those that were released`() {
    #expect(
      hex(Self.small.encoded())
        == "070000000000000006" + "05000000000000000d" + hex("bioarc-step/1".utf8) + "050000000000000004"
        + hex("rank".utf8)
        + "030000000000000001" + "080000000000000000" + "080000000000000000" + "080000000000000000")
    #expect(Self.small.key.hex == "36ce9c39fdf58a3ab214cb84f6bc4c48f5c6d63b2f4e12863f5822bc6b939580")
    #expect(Self.large.key.hex == "441fcdc952e8fc008ba52aad405c8b377e7100b78796e85d5dcc45e5b2e88853")
    let training = TrainingIdentity(Self.large)
    #expect(training.segmentKey(step: 100).hex == "2072b59bc3b23359192dee17227f80f102058144f412bcc67aac1fb80ce97928")
    #expect(training.key.hex == "ed1b2f4120cdeac4423d2970942a33ae700b5c90826fbaeec15d46a66097d28a")
  }

  @Test func `a decoded identity is the same`() throws {
    for identity in [Self.small, Self.large] {
      let back = try StepIdentity(decoding: identity.encoded())
      #expect(back == identity)
      #expect(back.encoded() == identity.encoded())
    }
  }

  @Test func `mutated pre-images never crash the decoder`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SplitMix(state: seed)
    for _ in 0..<5000 {
      var bytes = Self.large.encoded()
      for _ in 0..<Int.random(in: 1...2, using: &generator) { mutate(&bytes, using: &generator) }
      if let identity = try? StepIdentity(decoding: bytes) { #expect(identity.encoded() == bytes, "seed \(seed)") }
    }
  }

  /// Each of these is another step.
  @Test func `every field of an identity is in the key`() {
    var others = [Self.large]
    func add(_ change: (inout StepIdentity) -> Void) {
      var identity = Self.large
      change(&identity)
      others.append(identity)
    }
    add { $0.stage = "fine-tun" }
    add { $0.version = 4 }
    add { $0.parameters["lr"] = .float(0.002) }
    add { $0.parameters["lr"] = nil }
    add { $0.parameters["widths"] = .list([.int(64), .int(32)]) }
    add { $0.parameters["label"] = .string("e\u{301}") }
    add { $0.parameters["flag"] = .int(1) }
    add { $0.horizon["epochs"] = .int(6) }
    add { ($0.parameters["epochs"], $0.horizon["epochs"]) = (.int(5), nil) }
    add {
      $0.ports["task"] = .one(Self.artifact("data", kind: .labelledSequences, format: "tsv", options: ["column": "3"]))
    }
    add {
      $0.ports["task"] = .one(Self.artifact("data", kind: .labelledSequences, format: "csv", options: ["column": "4"]))
    }
    add { $0.ports["task"] = .one(Self.artifact("data", kind: .sequences, format: "csv", options: ["column": "3"])) }
    add {
      $0.ports["task"] = .one(Self.artifact("date", kind: .labelledSequences, format: "csv", options: ["column": "3"]))
    }
    add { $0.ports["task"] = nil }
    add { ($0.ports["tasks"], $0.ports["task"]) = ($0.ports["task"], nil) }
    add { $0.ports["scores"] = .gathered([]) }
    #expect(Set(others.map(\.key)).count == others.count)
    let segments = Set(others.map { TrainingIdentity($0).segmentKey(step: 1) })
    #expect(segments.count == others.count - 1, "the horizon alone is not in it")
  }

  @Test func `swapped inputs have another key`() {
    func key(_ a: String, _ b: String) -> Digest {
      var identity = Self.small
      identity.ports = ["a": .one(Self.artifact(a)), "b": .one(Self.artifact(b))]
      return identity.key
    }
    func gathered(_ a: String, _ b: String) -> Digest {
      var identity = Self.small
      identity.ports["scores"] = .gathered([
        GatheredIdentity(ids: ["candidate": ["1"]], artifact: Self.artifact(a)),
        GatheredIdentity(ids: ["candidate": ["2"]], artifact: Self.artifact(b)),
      ])
      return identity.key
    }
    #expect(key("x", "y") != key("y", "x"))
    #expect(gathered("x", "y") != gathered("y", "x"))
  }

  /// No way to move characters between neighbours gives the same key.
  @Test func `moved characters have another key`() {
    let text = "abcdef"
    let cuts = (0...text.count).map { (String(text.prefix($0)), String(text.dropFirst($0))) }
    let values = cuts.map { a, b in
      StepIdentity(stage: "s", version: 1, parameters: ["a": .string(a), "b": .string(b)], horizon: [:], ports: [:])
    }
    let lists = cuts.map { a, b in
      StepIdentity(
        stage: "s", version: 1, parameters: ["a": .list([.string(a), .string(b)])], horizon: [:], ports: [:])
    }
    let names = cuts.map { a, b in
      StepIdentity(stage: a, version: 1, parameters: [b: .string("")], horizon: [:], ports: [:])
    }
    #expect(Set((values + lists + names).map(\.key)).count == 3 * cuts.count)
  }

  @Test func `the same bytes under another format have another key`() {
    func key(_ format: String, _ options: [String: String] = [:]) -> Digest {
      var identity = Self.small
      identity.ports["a"] = .one(Self.artifact("x", kind: .sequences, format: format, options: options))
      return identity.key
    }
    #expect(Set([key("fasta"), key("csv"), key("csv", ["column": "1"]), key("csv", ["colum": "n1"])]).count == 4)
  }

  @Test func `tree manifests come back and names stay inside`() throws {
    let entries = ["b", "a/c", "a"].map { TreeManifest.Entry(name: $0, digest: .of(Array($0.utf8)), size: 1) }
    let tree = TreeManifest(entries)
    #expect(tree.entries.map(\.name) == ["a", "a/c", "b"])
    #expect(try TreeManifest(decoding: tree.encoded()) == tree)
    for name in ["", "/a", "../a", "a/..", "a//b", "./a", "a/", "a\0b"] {
      let bad = TreeManifest([TreeManifest.Entry(name: name, digest: .of([0]), size: 1)])
      #expect(throws: CanonicalError.self) { try TreeManifest(decoding: bad.encoded()) }
    }
    let twice = TreeManifest([entries[0], entries[0]])
    #expect(throws: CanonicalError.self) { try TreeManifest(decoding: twice.encoded()) }
  }
}

@Suite struct NeutralValueTests {
  private func stage(_ extra: [Parameter] = []) -> StageDeclaration {
    StageDeclaration(
      name: "s", version: 1, summary: "",
      parameters: [
        Parameter("lr", .float(0...1), default: .float(0.001), neutral: .float(0.001), help: ""),
        Parameter("steps", .int(1...10), default: nil, neutral: nil, role: .horizon, help: ""),
        Parameter("threads", .int(1...10), default: .int(1), neutral: nil, role: .resource, help: ""),
        Parameter("label", .string, default: .string("é"), neutral: .string("é"), help: ""),
        Parameter("low", .float(-1...1), default: .float(0), neutral: .int(0), help: ""),
      ] + extra, inputs: [], outputs: [], example: "")
  }

  private func key(_ values: [String: Value], _ extra: [Parameter] = []) -> Digest {
    stage(extra).identity(parameters: ["steps": .int(5)].merging(values) { $1 }, ports: [:]).key
  }

  @Test func `neutral and resource values are left out of the key`() {
    #expect(key(["lr": .float(0.001), "threads": .int(8), "label": .string("é"), "low": .float(0)]) == key([:]))
    #expect(key(["low": .float(-0.0)]) == key([:]))
    #expect(key(["lr": .float(0.002)]) != key([:]))
    #expect(key(["steps": .int(6)]) != key([:]))
    #expect(key(["label": .string("e\u{301}")]) != key([:]), "other bytes, though Swift holds them for equal")
  }

  @Test func `a parameter added later moves no key`() {
    let added = Parameter("warm-up", .int(0...10), default: .int(0), neutral: .int(0), help: "")
    #expect(key(["warm-up": .int(0)], [added]) == key([:]))
    #expect(key(["warm-up": .int(1)], [added]) != key([:]))
    let changed = Parameter("warm-up", .int(0...10), default: .int(3), neutral: .int(0), help: "")
    #expect(key(["warm-up": .int(3)], [changed]) != key([:]), "a changed default moves the key")
  }
}

@Suite struct ValueTests {
  @Test(arguments: [
    (ParameterType.int(1...8), Value.int(3), true), (.int(1...8), .int(9), false), (.int(1...8), .float(3), true),
    (.int(1...8), .float(3.5), false), (.int(1...8), .float(1e300), false),
    (.float(0...1), .int(1), true), (.float(0...1), .int(2), false), (.float(0...1), .float(.nan), false),
    (.float(-.infinity ... .infinity), .float(.infinity), false), (.bool, .bool(true), true), (.bool, .int(1), false),
    (.string, .string(""), true), (.string, .int(3), false), (.choice(["a"]), .string("a"), true),
    (.choice(["a"]), .string("b"), false), (.list(.int(1...8)), .list([]), true),
    (.list(.int(1...8)), .list([.int(1), .int(9)]), false), (.list(.int(1...8)), .int(1), false),
  ])
  func `a type accepts its values and no others`(type: ParameterType, value: Value, expected: Bool) {
    #expect(((try? type.accept(value).get()) != nil) == expected)
  }

  @Test(arguments: [
    (Value.float(1), "1"), (.float(0.001), "0.001"), (.float(1e-5), "1e-05"), (.float(1e22), "1e+22"),
    (.float(-0.5), "-0.5"),
    (.list([.int(1), .string("a")]), "[1, a]"), (.bool(true), "true"),
  ])
  func `a value is shown by its shortest text`(value: Value, expected: String) {
    #expect(value.description == expected)
  }

  @Test func `digests are those of SHA-256 and read back`() {
    #expect(Digest.of([]).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(Digest.of(Array("abc".utf8)[...]).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let digest = Digest.of([1])
    #expect(Digest(hex: digest.hex) == digest)
    #expect(Digest(digest.bytes) == digest)
    #expect(Digest(hex: digest.hex.uppercased()) == nil && Digest(hex: "ab") == nil)
    #expect(
      [Digest.of([1]), .of([2]), .of([3])].sorted().map(\.hex)
        == [Digest.of([1]), .of([2]), .of([3])].map(\.hex).sorted())
  }
}
