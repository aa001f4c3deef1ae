import Foundation
import TestSupport
import Testing

/// Own stages that print what no terminal, message or log should take as it is.
@Suite(.serialized) struct OwnStageOutputTests {
  private func size(_ workspace: Workspace, _ name: String) throws -> Int {
    let folder = workspace.path("cache/runs")
    let runs = try FileManager.default.contentsOfDirectory(atPath: folder)
    return runs.reduce(0) {
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\($1)/\(name)")
      return $0 + (attributes?[.size] as? Int ?? 0)
    }
  }

  @Test func `a progress bar that rewrites its line is shown in short`() throws {
    let workspace = try OwnCode.workspace(
      """
      i=0
      while [ $i -lt 2000 ]; do i=$((i + 1)); printf '\\rEpoch 1: 45%%|######    | %s/2000' $i >&2; done
      echo "ValueError: shapes (3,4) and (5,6) not aligned" >&2
      exit 1

      """)
    let run = try workspace.bioarc("run", "pipelines/own.yaml", "--retries", "0")
    #expect(run.status == 1)
    #expect(run.errors.utf8.count < 2000, "\(run.errors.utf8.count) bytes")
    #expect(run.errors.contains("| 1/2000"), "the beginning is shown")
    #expect(run.errors.contains("exited with code 1"), "\(run.errors)")
    #expect(run.errors.contains("| 2000/2000ValueError: shapes (3,4) and (5,6) not aligned"), "\(run.errors)")
    #expect(!run.errors.contains("1999/2000"))
  }

  @Test func `a line without an end is shown in short`() throws {
    let workspace = try OwnCode.workspace(
      "head -c 50000000 /dev/zero | tr '\\0' x >&2; printf 'the end' >&2; exit 1\n")
    let run = try workspace.bioarc("run", "pipelines/own.yaml", "--retries", "0")
    #expect(run.status == 1)
    #expect(run.errors.contains("bytes left out") && run.errors.contains("the end"))
    #expect(run.errors.utf8.count < 20_000, "\(run.errors.utf8.count) bytes")
    #expect(try size(workspace, "events.jsonl") < 40_000)
    let quoted = run.errors.split(separator: "\n").first { $0.contains("exited with code 1") } ?? ""
    #expect(quoted.utf8.count < 2500 && quoted.hasSuffix("the end"))
  }

  @Test func `control characters reach no terminal`() throws {
    let evil = "\\033[31mred\\033]0;title\\007 \\302\\233 \\010"
    let workspace = try OwnCode.workspace(
      """
      printf 'bioarc progress 1/2 \(evil)\\n'
      printf 'bioarc warning \(evil)\\n'
      printf 'bioarc metric 1 2 \(evil)\\n'
      printf '\(evil)\\n'
      printf '\(evil)\\n' >&2
      printf 'bioarc failure \(evil) \(evil)\\n'

      """)
    let expected = "\\u001b[31mred\\u001b]0;title\\u0007 \\u009b \\u0008"
    for verb in [
      "run pipelines/own.yaml", "run pipelines/own.yaml --retry-failed --json", "log --store cache",
      "log --store cache --json",
      "show pipelines/own.yaml own", "why pipelines/own.yaml own", "status pipelines/own.yaml --steps",
    ] {
      // On a terminal with colours too.
      for (name, command) in [
        ("plain", "$B \(verb)"), ("terminal", "unset NO_COLOR; TERM=xterm script -qec \"$B \(verb)\" /dev/null"),
      ] {
        let run = try workspace.shell(command)
        var text = run.output + run.errors
        if name == "terminal" {
          // Sequences that this program draws itself.
          for own in ["\u{1B}[0m", "\u{1B}[1m", "\u{1B}[2m", "\u{1B}[31m", "\u{1B}[J", "\u{1B}[1A", "\u{1B}[1;31m"] {
            text = text.replacingOccurrences(of: own, with: "")
          }
          #expect(!run.output.contains("\u{1B}[31mred"), "\(verb)")
        }
        #expect(
          !text.unicodeScalars.contains { $0.value < 32 && !"\n\r\t".unicodeScalars.contains($0) }, "\(verb): \(text)")
        #expect(!text.unicodeScalars.contains { (0x7F..<0xA0).contains($0.value) }, "\(verb)")
        if verb.hasPrefix("run") && !verb.contains("json") && name == "plain" {
          #expect(text.contains(expected), "\(text)")
        }
      }
    }
  }

  @Test func `outputs that are gone are named`() throws {
    let workspace = try OwnCode.workspace("rm -rf outputs\n")
    let run = try workspace.bioarc("run", "pipelines/own.yaml", "--retries", "0")
    #expect(run.status == 1)
    #expect(run.errors.contains("outputs") && run.errors.contains("No such file or directory"), "\(run.errors)")
    #expect(!run.errors.contains("NSCocoa") && !run.errors.contains("Error Domain"), "\(run.errors)")
  }

  @Test func `a folder whose name is no text is refused`() throws {
    let workspace = try OwnCode.workspace("echo 1 > \"$1\"\n")
    let run = try workspace.shell(
      "bad=$(printf 'bad\\377') && mkdir \"$bad\" && mv pipelines stages \"$bad\" && cd \"$bad\" && "
        + "$B run pipelines/own.yaml --retries 0")
    #expect(run.status == 1)
    #expect(run.errors.contains("is not UTF-8"), "\(run.errors)")
    let named = try OwnCode.workspace("printf 1 > \"$(printf 'outputs/bad\\377')\"\n")
    let other = try named.bioarc("run", "pipelines/own.yaml", "--retries", "0")
    #expect(other.status == 1 && other.errors.contains("does not declare"), "\(other.errors)")
  }

  /// An input that is edited while it is read: a finding with its position.
  @Test func `an input that changes while it is read is a finding`() throws {
    let workspace = try StreamTests.workspace()
    let text = (0..<200_000).map { ">r\($0)\n\(String(repeating: "ACGT", count: 50))\n" }.joined()
    try workspace.write("pipelines/g.fa", text)
    let run = try workspace.shell(
      """
      $B run pipelines/one.yaml & pid=$!
      while kill -0 $pid 2>/dev/null && [ ! -e cache/FORMAT ]; do :; done
      while kill -0 $pid 2>/dev/null; do echo ">more" >> pipelines/g.fa; echo ACGT >> pipelines/g.fa; done
      wait $pid
      """)
    #expect(run.status == 2, "\(run.status) \(run.errors)")
    #expect(
      run.errors.contains("pipelines/one.yaml:5:") && run.errors.contains("changed while it was read"), "\(run.errors)")
    #expect(!run.errors.contains("InputFinding("))
  }

  /// Output in a pipe larger than one reading takes is that of its own step, not of the next.
  @Test func `a large pipe is read to its end`() throws {
    let lab = try Lab.ofParts(
      "1, 2",
      """
      if [ $3 = 1 ]; then
        perl -e 'fcntl(STDOUT, 1031, 1 << 20);
          syswrite(STDOUT, ("x" x 79 . "\\n") x 10000 . "bioarc failure boom the failure of part one\\n")'
      fi
      echo 1 > "$2"

      """)
    let events = try lab.run(["-j", "1", "--keep-going"], status: 1)
    #expect(events.failed == ["rows[part=1]"])
    #expect(events.finished == ["promoters", "rows[part=2]"])
  }
}
