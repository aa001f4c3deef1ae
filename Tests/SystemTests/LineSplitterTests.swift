import Testing

@testable import System

/// Output of processes, as lines in bounded memory.
@Suite struct LineSplitterTests {
  /// The lines of texts that come one a second.
  private func lines(_ texts: String..., every seconds: Double = 1) -> [String] {
    var splitter = LineSplitter()
    var lines: [[UInt8]] = []
    for (number, text) in texts.enumerated() { lines += splitter.take(Array(text.utf8), at: seconds * Double(number)) }
    return (lines + splitter.finish()).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `line feeds and carriage returns end lines`() {
    #expect(lines("a\nb\n", "c", "d\n\n", "e") == ["a", "b", "cd", "e"])
    #expect(lines("a\r\nb\r", "\nc\r\n") == ["a", "b", "c"])
    #expect(lines("") == [])
    #expect(lines("\r\r\n\r") == [])
  }

  @Test func `a burst is told now and then and at its end`() {
    let burst = (0..<2000).map { "\r\($0)/2000" }.joined()
    #expect(lines(burst) == ["0/2000", "1999/2000"])
    #expect(lines(burst + "\n", "done\n") == ["0/2000", "1999/2000", "done"])
    #expect(lines(burst, "Traceback\n", "ValueError\n") == ["0/2000", "1999/2000Traceback", "ValueError"])
    #expect(lines("\r1", "\r2", "\r3", "\r4", "\r5", "\r6", "\r7", "\r8", "\r9") == ["1", "6", "9"])
    #expect(lines("1\r", "2\r", "3\r", every: 5) == ["1", "2", "3"])
    #expect(lines("a\r", "b\r", "c\n") == ["a", "c"], "what is written over is not told")
  }

  @Test func `a waiting line is due after a while`() {
    var splitter = LineSplitter()
    let first = splitter.take(Array("1\r2\r".utf8), at: 0)
    #expect(first == [Array("1".utf8)])
    let due = [4.9, 5, 50].map { splitter.due(at: $0) }
    #expect(due == [[], [Array("2".utf8)], []])
  }

  @Test func `the middle of a long line is left out`() {
    let size = LineSplitter.side
    let whole = String(repeating: "x", count: 2 * size)
    #expect(lines(whole) == [whole])
    for parts in [1, 3, 1000] {
      var splitter = LineSplitter()
      let text = Array(("begin" + String(repeating: "y", count: 1_000_000) + "end").utf8)
      for part in 0..<parts {
        let bytes = text[part * text.count / parts..<(part + 1) * text.count / parts]
        let told = splitter.take(bytes, at: 0)
        #expect(told == [])
      }
      let line = String(decoding: splitter.finish().first ?? [], as: UTF8.self)
      #expect(line.hasPrefix("begin") && line.hasSuffix("end"))
      #expect(line.contains("y … \(text.count - 2 * size) bytes left out … y"), "\(parts) parts")
      #expect(line.utf8.count < 2 * size + 50)
    }
  }

  @Test func `the last words of a process are short`() {
    var words = LastWords()
    for line in ["one", "two", "three", "four", "five", "six"] { _ = words.add(line) }
    #expect(words.text == "two / three / four / five / six")
    _ = words.add(String(repeating: "ä", count: 5000) + "!")
    #expect(words.text.hasPrefix("… ") && words.text.hasSuffix("ä!"))
    #expect(words.text.utf8.count < 2100)
    #expect(words.fatal == nil && words.lackOfMemory == nil)
  }

  @Test func `a crash is quoted without its backtrace`() {
    var words = LastWords()
    let isTold = [
      "1 /usr/bin/thing 0x12 is no backtrace before a crash",
      "Swift/x.swift:12: Fatal error: failed to allocate 2415919136 bytes with alignment 64", "Current stack trace:",
      "18   bioarc                             0x000055c3aabbccdd main + 12",
    ].map { words.add($0) }
    #expect(isTold == [true, true, false, false])
    #expect(words.fatal == "Fatal error: failed to allocate 2415919136 bytes with alignment 64")
    #expect(words.lackOfMemory == "failed to allocate 2.4 GB")
  }
}
