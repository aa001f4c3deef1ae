import Artifacts
import Inputs

/// The contents of a store: result records and their rows, pre-images of keys, manifests of trees, and the encoding
/// that all are written in. Bytes that decode encode to the same bytes: nothing has two encodings.
struct RecordTarget: FuzzTarget {
  let name = "records"
  let words = [
    "bioarc-result/1", "bioarc-row/1", "bioarc-step/1", "bioarc-tree/1", "outputs", "failure", "one", "gathered",
    "file", "tree",
    "\0\0\0\0\0\0\0\u{1}", "\0\0\0\0\0\0\0 ", "\u{7}\0\0\0\0\0\0\0\u{2}", "\u{8}\0\0\0\0\0\0\0\u{1}",
    "\u{5}\0\0\0\0\0\0\0\0", "e\u{301}", "\u{E9}", "../", "/",
  ]

  func check(_ bytes: [UInt8]) {
    if let value = try? Canonical(decoding: bytes) {
      require(value.encoded() == bytes, "a value with two encodings")
    }
    if let record = try? ResultRecord(decoding: bytes) {
      require(record.encoded() == bytes, "a record with two encodings")
      require(record.agrees(with: record), "a record that differs from itself")
    }
    if let row = try? ResultRow(decoding: bytes) { require(row.encoded() == bytes, "a row with two encodings") }
    if let identity = try? StepIdentity(decoding: bytes) {
      require(identity.encoded() == bytes && identity.key == .of(bytes), "a pre-image with two encodings")
      for value in identity.parameters.values { _ = value.description }
    }
    if let manifest = try? TreeManifest(decoding: bytes) {
      require(manifest.encoded() == bytes, "a manifest with two encodings")
      require(manifest.entries.allSatisfy { NameRules.isPath($0.name) }, "a name that leaves the tree")
    }
  }

  var seeds: [[UInt8]] {
    let file = ArtifactReference(
      kind: .sequences, format: "fasta", options: ["alphabet": "protein", "name": "id"], layout: .file,
      digest: .of("a".utf8), size: 1)
    let manifest = TreeManifest([
      .init(name: "dev/b.csv", digest: .of("b".utf8), size: 1),
      .init(name: "train.csv", digest: .of("c".utf8), size: 1),
    ])
    let tree = ArtifactReference(
      kind: .labelledSequences, format: "", options: [:], layout: .tree, digest: .of(manifest.encoded()),
      size: manifest.encoded().count)
    let identity = StepIdentity(
      stage: "rank", version: 2,
      parameters: [
        "lr": .float(0.001), "count": .int(-3), "names": .list([.string("a"), .bool(true)]), "x": .string("é"),
      ], horizon: ["steps": .int(1000)],
      ports: [
        "task": .one(tree),
        "scores": .gathered([
          .init(ids: ["candidate": ["1", "h32"], "task": ["tata"]], artifact: file),
          .init(ids: ["candidate": ["2", "h32"]], artifact: nil),
        ]),
      ])
    let outputs: [String: ResultRecord.Output] = [
      "sequences": .init(
        artifact: tree, manifest: manifest, inline: [.of("b".utf8): Array("b".utf8), .of("c".utf8): Array("c".utf8)]),
      "metrics": .init(artifact: file, manifest: nil, inline: [:]),
    ]
    let records = [ResultRecord.Outcome.outputs(outputs), .failure(code: "nan-loss", message: "step 3")].map {
      ResultRecord(outcome: $0, environment: ["clone": "avx2"], finished: 1.7e9, duration: 0, peakMemory: 1 << 20)
    }
    let rows = records.map { ResultRow($0).encoded() }
    return records.map { $0.encoded() } + rows + [identity.encoded(), manifest.encoded()]
  }
}
