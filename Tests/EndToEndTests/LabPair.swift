import Foundation
import TestSupport
import Testing

/// Two labs and a remote between them, in a folder; the first has run and pushed.
struct LabPair {
  let ours: Lab
  let theirs: Lab
  let key: String
  var remote: String { ours.workspace.path("remote") }

  init(pushes: Bool = true) throws {
    (ours, theirs) = (try Lab(), try Lab())
    key = ours.workspace.path("key")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
    process.arguments = ["-q", "-t", "ed25519", "-N", "", "-C", "nobody", "-f", key]
    try process.run()
    process.waitUntilExit()
    for lab in [ours, theirs] {
      #expect(try lab.workspace.bioarc("remote", "add", "shared", "file:\(remote)").status == 0)
    }
    try ours.run()
    if pushes { try push() }
  }

  func push(_ arguments: String...) throws {
    let pushed = try Workspace.finish(
      ours.workspace.process(
        ["push", "pipelines/small.yaml", "--lab", "lab-a", "--sign", key] + arguments))
    #expect(pushed.status == 0, "\(pushed.errors)")
  }

  func trust() throws {
    #expect(try theirs.workspace.bioarc("trust", "add", "lab-a", key + ".pub").status == 0)
  }

  func objects(_ lab: Lab) -> [String] {
    let paths = FileManager.default.enumerator(atPath: lab.workspace.path("cache/objects"))
    return (paths?.compactMap { $0 as? String } ?? []).filter { $0.utf8.count > 60 }
  }
}
