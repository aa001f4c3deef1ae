import Artifacts
import Testing

@testable import Sharing

@Suite struct PushNameTests {
  @Test func `names of pushes are read as they are written`() throws {
    let claims = Claims(
      lab: "lab-a.b-c", writer: "0123456789abcdef", number: 42, previous: .zero, issued: "2026-11-28T17:00:00Z", [])
    let name = PushName(claims, manifest: .of([1]))
    #expect(name.tag.hasPrefix("p-lab-a.b-c-0123456789abcdef-00000042-") && PushName(tag: name.tag) == name)
    for wrong in [
      "p-", "p-lab-a", "p-lab-0123456789abcdef-42-0123456789abcdef", "p-Lab-0123456789abcdef-00000042-0123456789abcdef",
      "q-lab-0123456789abcdef-00000042-0123456789abcdef", "p-lab-0123456789abcdef-00000042-0123",
      "p-lab-0123456789ABCDEF-00000042-0123456789abcdef",
    ] { #expect(PushName(tag: wrong) == nil, "\(wrong)") }
  }
}
