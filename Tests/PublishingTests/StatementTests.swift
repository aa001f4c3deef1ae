import Artifacts
import Console
import JSON
import Resolving
import Testing
import Web

@testable import Publishing

@Suite struct StatementTests {
  private static let digest = Digest.of(Array("acgt".utf8))

  private static func facts(_ outcome: ResultRecord.Outcome) -> StepFacts {
    let reference = ArtifactReference(
      kind: .counts, format: "", options: [:], layout: .file, digest: digest, size: 4)
    let identity = StepIdentity(
      stage: "act", version: 2, parameters: ["lr": .float(0.1)], horizon: ["steps": .int(5)],
      ports: [
        "task": .one(reference), "scores": .gathered([.init(ids: ["candidate": ["6", "a"]], artifact: reference)]),
      ])
    let record = ResultRecord(
      outcome: outcome, environment: ["kernels": "avx2", "home": "/home/ada/x"], finished: 1_764_000_000.75,
      duration: 60, peakMemory: 9)
    return StepFacts(
      step: .init(node: 0, item: 0), address: "rows[k=6]", key: identity.key, record: record, identity: identity,
      maker: "lab-a", isOwn: true)
  }

  @Test func `a result has a statement of SLSA provenance`() throws {
    let manifest = TreeManifest([.init(name: "a.csv", digest: Self.digest, size: 4)])
    let bytes = manifest.encoded()
    let tree = ArtifactReference(
      kind: .counts, format: "", options: [:], layout: .tree, digest: .of(bytes), size: bytes.count)
    let outputs = ["rows": ResultRecord.Output(artifact: tree, manifest: manifest, inline: [:])]
    let statement = try #require(StepStatement.statement(Self.facts(.outputs(outputs))))
    #expect(statement["_type"]?.string == "https://in-toto.io/Statement/v1")
    #expect(statement["predicateType"]?.string == "https://slsa.dev/provenance/v1")
    let subjects = statement["subject"]?.array ?? []
    #expect(subjects.compactMap { $0["name"]?.string } == ["rows[k=6].rows", "rows[k=6].rows/a.csv"])
    #expect(subjects.last?["digest"]?["sha256"]?.string == Self.digest.hex)
    let definition = statement["predicate"]?["buildDefinition"]
    #expect(
      definition?["externalParameters"]?.line
        == "{\"stage\":\"act\",\"version\":2,\"parameters\":{\"lr\":0.1,\"steps\":5}}")
    #expect(definition?["internalParameters"]?["environment"]?["home"]?.string == ".../x")
    let dependencies = definition?["resolvedDependencies"]?.array ?? []
    #expect(dependencies.compactMap { $0["name"]?.string } == ["scores[candidate=6,a]", "task"])
    let details = statement["predicate"]?["runDetails"]
    #expect(details?["builder"]?["id"]?.string == "urn:bioarc:lab:lab-a")
    #expect(details?["metadata"]?["startedOn"]?.string == "2025-11-24T15:59:00+00:00")
    #expect(details?["metadata"]?["finishedOn"]?.string == "2025-11-24T16:00:00+00:00")
    #expect(StepStatement.statement(Self.facts(.failure(code: "bad", message: "x"))) == nil)
  }

  @Test func `a failure is told without places and control characters`() {
    let facts = Self.facts(
      .failure(code: "bad", message: "no '/home/ada/lab/x.fa': \u{1B}[31m\nsee a/b/c, https://a.b/c"))
    #expect(facts.failure == "bad: no '.../x.fa': \\u001b[31m see a/b/c, https://a.b/c")
  }

  @Test func `a model's statement is over the digests of its files`() {
    let other = Digest.of(Array("b".utf8))
    let statement = ModelSigner.statement("model", [("b", other), ("a", Self.digest)])
    let all = Digest.of(Self.digest.bytes + other.bytes).hex
    #expect(statement["subject"]?.array?.first?["digest"]?["sha256"]?.string == all)
    let resources = statement["predicate"]?["resources"]?.array ?? []
    #expect(resources.compactMap { $0["name"]?.string } == ["a", "b"])
  }

  @Test func `bytes become letters and letters bytes`() {
    for (text, letters) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
      #expect(Base64.encoded(Array(text.utf8)) == letters && Base64.decoded(letters) == Array(text.utf8))
    }
    for wrong in ["Zg", "Zg=", "====", "Z===", "Zm9*"] { #expect(Base64.decoded(wrong) == nil, "\(wrong)") }
    #expect(Base64.encodedForURL([0xFB, 0xFF]) == "-_8")
  }

  @Test func `names in addresses are escaped`() {
    #expect(IRI.action("scores[k=6,task=tata]") == "#run/scores%5Bk=6,task=tata%5D")
    #expect(IRI.path("a b/ü:?#%") == "a%20b/%C3%BC%3A%3F%23%25")
    #expect(ShellWord.quoted("a=b") == "a=b" && ShellWord.quoted("it's") == "'it'\\''s'")
  }
}
