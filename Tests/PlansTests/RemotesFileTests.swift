import JSON
import Testing

@testable import Artifacts
@testable import Manual
@testable import Syntax
@testable import YAML

/// The reader of the file of remotes, and the schema by which editors know it.
@Suite struct RemotesFileTests {
  @Test func `bounds and groups are read`() throws {
    let text = """
      lab: lab-b
      remotes:
        shared: file:/shared
        hub: { url: 'oci://host/labs', read-only: true }
      trust:
        lab-a: { stages: [pretrain], until: 2027-06-01 }
        lab-c: { until: 2028-01-01 }
        trio: { labs: [lab-a, lab-c, lab-d], need: 2 }
      """
    let (file, findings) = RemotesFile.read(Array(text.utf8), file: "r")
    #expect(findings.isEmpty, "\(findings)")
    #expect(file.trust.map(\.lab) == ["lab-a", "lab-c"] && file.trust[0].stages == ["pretrain"])
    #expect(file.groups.map(\.name) == ["trio"] && file.groups[0].labs == ["lab-a", "lab-c", "lab-d"])
    #expect(file.groups[0].need == 2 && file.remotes.map(\.isReadOnly) == [false, true])
  }

  @Test(arguments: [
    ("{ labs: [a, b] }", "has no 'need'", 3), ("{ need: 2 }", "has no 'labs'", 3),
    ("{ labs: [a, b], need: 3 }", "'need' must be a number from 2 to that of the labs, 2", 28),
    ("{ labs: [a, b], need: 1 }", "'need' must be", 28), ("{ labs: [a, b], need: two }", "'need' must be", 28),
    ("{ labs: [a, a], need: 2 }", "the lab 'a' is named twice", 18),
    ("{ labs: a, need: 2 }", "'labs' must be a list", 14),
    ("{ labs: [a, b], need: 2, stages: [x] }", "'stages' is of a lab", 39),
    ("{ labels: [a], need: 2 }", "unknown key 'labels'", 8), ("{ until: later }", "'until' must be a day", 15),
  ])
  func `a fault has its place`(_ entry: String, _ words: String, _ column: Int) throws {
    let findings = RemotesFile.read(Array("trust:\n  g: \(entry)\n".utf8), file: "r").findings
    let found = findings.filter { $0.message.contains(words) }
    #expect(found.count == 1, "\(findings)")
    #expect(found.first?.position.line == 2 && found.first?.position.column == column, "\(findings)")
  }

  /// Keys of all objects of a schema that take no others.
  private func keys(_ schema: JSON) -> [[String]] {
    let own = schema["additionalProperties"]?.bool == false ? [(schema["properties"]?.members ?? []).map(\.key)] : []
    let parts = (schema.members ?? []).map(\.value) + (schema.array ?? [])
    return own + parts.flatMap(keys)
  }

  @Test func `the schema and the reader know the same keys`() throws {
    let file = [RemotesFile.keys, RemotesFile.remoteKeys, RemotesFile.boundKeys, RemotesFile.groupKeys]
    #expect(keys(RemotesSchema.json) == file)
    #expect(try JSON(parsing: Array(RemotesSchema.json.text().utf8))["type"] != nil)
  }
}
