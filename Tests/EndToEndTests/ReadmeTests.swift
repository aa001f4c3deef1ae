import Foundation
import TestSupport
import Testing

/// The commands of the README's section on other labs, as they stand there, in two labs.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"), "no ssh-keygen"))
struct ReadmeTests {
  /// The blocks of commands of a section: the indented lines that follow each other, those of files left out.
  private static func blocks(_ section: String) throws -> [[String]] {
    let text = try String(
      contentsOf: Repository.root.appendingPathComponent("README.md"), encoding: .utf8)
    let lines = text.components(separatedBy: "\n")
    let start = try #require(lines.firstIndex(of: "## \(section)"))
    let rest = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
    return rest.split { !$0.hasPrefix("    ") }.map { $0.map { String($0.dropFirst(4)) } }
      .filter { ["bioarc", "cd", "ssh-keygen"].contains($0[0].prefix { $0 != " " }) }
  }

  @Test func `the commands on other labs do what is said beside them`() throws {
    let blocks = try Self.blocks("Results of other labs")
    #expect(blocks.flatMap { $0 }.count >= 12, "\(blocks)")
    let shared = try Workspace()
    let (ours, theirs) = (try Workspace(), try Workspace())
    let key = shared.path("id_ed25519")
    #expect(try CrateTests.shell("ssh-keygen -q -t ed25519 -N '' -C nobody -f '\(key)'", in: "/tmp").status == 0)
    let quickstart = try String(
      contentsOf: Repository.root.appendingPathComponent("pipelines/quickstart.yaml"), encoding: .utf8)
    for lab in [ours, theirs] {
      try lab.write("pipelines/quickstart.yaml", quickstart)
      try lab.write("lab-a.pub", String(contentsOfFile: key + ".pub", encoding: .utf8))
    }
    #expect(try CrateTests.shell("bioarc run pipelines/quickstart.yaml", in: ours.folder.path).status == 0)
    for block in blocks {
      var places = [ours]
      for line in block {
        let parts = line.components(separatedBy: "  #")
        let remark = parts.dropFirst().joined()
        if remark.contains("both labs") { places = [ours, theirs] }
        if remark.contains("other lab") || remark.contains("elsewhere") || line.hasPrefix("bioarc import") {
          places = [theirs]
        }
        let command = parts[0].replacing("/shared/results", with: shared.path("results"))
          .replacing("~/.ssh/id_ed25519", with: key)
        for place in places {
          let done = try CrateTests.shell(command, in: place.folder.path)
          #expect(done.status == 0, "\(command): \(done.output)\(done.errors)")
          if remark.contains("nothing to run") || command.contains("&& bioarc plan") {
            #expect(done.output.hasSuffix("nothing to run\n"), "\(command): \(done.output)")
          }
        }
        if remark.contains("both labs") { places = [ours] }
        let bundle = ours.path("quickstart.tar")
        if FileManager.default.fileExists(atPath: bundle),
          !FileManager.default.fileExists(atPath: theirs.path("quickstart.tar"))
        {
          try FileManager.default.copyItem(atPath: bundle, toPath: theirs.path("quickstart.tar"))
        }
      }
    }
  }
}
