import Foundation
import JSON
import Testing

/// One value, one parser, one writer.
@Suite struct JSONTests {
  private func parsed(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

  @Test(arguments: [
    "null", "true", "0", "-7", "9223372036854775807", "0.1", "-2.5e-300", "1.7976931348623157e+308", "\"\"", "[]",
    "{}", #"{"b":1,"a":[null,false,"x"],"é":{"deep":[[]]}}"#, #""quote \" slash \\ tab \t bell \u0007 line \u2028""#,
  ])
  func `JSON is written as it was read`(_ text: String) throws {
    #expect(try parsed(text).line == text)
    #expect(try parsed(parsed(text).text()).line == text)
  }

  /// Every finite number is read as what was written, to the bit.
  @Test func `every finite number is read to the bit`() throws {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: state)
      guard value.isFinite else { continue }
      switch try parsed(JSON.double(value).line) {
      case .double(let read): #expect(read.bitPattern == value.bitPattern)
      case .int(let read): #expect(Double(read) == value)
      default: Issue.record("\(value) is read as no number")
      }
    }
    #expect(JSON.double(-0.0).line == "-0" && JSON.double(3).line == "3" && JSON.double(.nan).line == "null")
  }

  @Test(arguments: [
    ("", 1, 1, "unexpected end of the file"), ("{\"a\":1,}", 1, 8, "expected a key"), ("[1 2]", 1, 4, "expected `,`"),
    ("{\"a\":1,\n \"a\":2}", 2, 2, "the key `a` occurs twice"), ("01", 1, 1, "expected a value"),
    ("[1]x", 1, 4, "text after the end"), ("\"a", 1, 3, "the string is not closed"),
    ("\"\\q\"", 1, 4, "unknown escape"),
    ("\"\\ud800\"", 1, 8, "a lone surrogate"), ("1e999", 1, 1, "expected a value"), ("nul", 1, 1, "expected a value"),
    (String(repeating: "[", count: 80), 1, 66, "nesting deeper than 64"),
  ])
  func `errors in a text have their place`(_ text: String, _ line: Int, _ column: Int, _ message: String) {
    let error = #expect(throws: JSONError.self) { try parsed(text) }
    #expect(
      error?.line == line && error?.column == column && error?.message.hasPrefix(message) == true,
      "\(text): \(String(describing: error))")
  }

  private struct Document: Codable, Equatable {
    var name = "a/b"
    var values = [1.5, 2]
    var missing: Int?
  }

  @Test func `documents are encoded, decoded and checked`() throws {
    let bytes = try JSON.encode(Document(), .line)
    #expect(String(decoding: bytes, as: UTF8.self) == #"{"name":"a/b","values":[1.5,2]}"#)
    #expect(try JSON.decode(Document.self, bytes) == Document())
    let value = try JSON(parsing: JSON.encode(Document()))
    #expect(try JSON.decode(Document.self, JSON.encode(value)) == Document())
    let problem = #expect(throws: JSONMismatch.self) {
      try JSON.decode(Document.self, Array(#"{"name":"a","values":[1,"x"]}"#.utf8))
    }
    #expect(problem?.description == "at values[1] it has another type than expected")
    #expect(throws: JSONMismatch.self) { try JSON.encode(Document(values: [.infinity])) }
  }

  /// A document with each form that a Codable type can take.
  private struct Forms: Codable, Equatable {
    enum Event: Codable, Equatable { case ended, failed(step: String, after: Double?), said(String) }
    var events: [Event]
    var table: [String: [Int]]
    var names: [String]
    var numbers: [Double]
    var single: Float
    var counts: [UInt32: Int8]
    var perhaps: [Bool?]
    var inner: [Forms]
    var last: Int?
  }

  private func forms(_ random: inout some RandomNumberGenerator, depth: Int = 2) -> Forms {
    func text() -> String {
      let letters: [String] = ["a", "B", "_", "/", "\"", "\\", "\n", "\u{8}", "\u{C}", "\u{1}", "é", "𝛼", "10", "9"]
      return (0..<Int.random(in: 0..<6, using: &random)).map { _ in letters.randomElement(using: &random)! }.joined()
    }
    func number() -> Double {
      let value = Double(bitPattern: UInt64.random(in: 0 ... .max, using: &random))
      let whole = Double(Int.random(in: -1 << 60...1 << 60, using: &random) >> Int.random(in: 0..<61, using: &random))
      return Bool.random(using: &random) || !value.isFinite ? whole : value
    }
    let many = 0..<Int.random(in: 0..<4, using: &random)
    return Forms(
      events: [.ended, .said(text()), .failed(step: text(), after: many.isEmpty ? nil : number())]
        .shuffled(using: &random),
      table: Dictionary(many.map { _ in (text(), [Int](many)) }) { $1 }, names: many.map { _ in text() },
      numbers: [-0.0] + many.map { _ in number() }, single: 1 / Float(many.count + 3),
      counts: [UInt32.random(in: 0 ... .max, using: &random): -3], perhaps: [nil, true],
      inner: depth == 0 ? [] : many.map { _ in forms(&random, depth: depth - 1) }, last: many.isEmpty ? nil : .max)
  }

  /// Results that were written with Foundation's encoder keep their bytes, and are read as they were.
  @Test func `documents have the bytes that Foundation writes`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(state: seed)
    let peer = JSONEncoder()
    for _ in 0..<300 {
      let value = forms(&random)
      peer.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      #expect(try JSON.encode(value, .line) == Array(peer.encode(value)), "seed \(seed)")
      peer.outputFormatting.insert(.prettyPrinted)
      let bytes = try Array(peer.encode(value))
      #expect(try JSON.encode(value) == bytes, "seed \(seed)")
      #expect(try JSON.decode(Forms.self, bytes) == value, "seed \(seed)")
    }
    let zero = try JSON.decode([Double].self, JSON.encode([-0.0]))
    #expect(zero.first?.sign == .minus)
  }

  @Test(arguments: [
    ("[]", "it has another type than expected"), ("{}", "'name' is missing"),
    ("{\"name\"}", "it is no JSON: expected `:`"), (#"{"name":null,"values":[]}"#, "at name it has no value"),
    (#"{"name":"a","values":{}}"#, "at values it has another"),
    (#"{"name":"a","values":[],"missing":1.5}"#, "at missing it is not valid"),
    (#"{"name":"a","name":"b","values":[]}"#, "it is no JSON: the key `name` occurs twice"),
  ])
  func `a document of another type is refused with its place`(_ text: String, _ message: String) {
    let error = #expect(throws: JSONMismatch.self) { try JSON.decode(Document.self, Array(text.utf8)) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test func `messages are taken line by line`() throws {
    var buffer = JSONLines.encode(Document()) + JSONLines.encode(Document(name: "b")) + Array("{\"name".utf8)
    let lines = JSONLines.take(from: &buffer)
    #expect(lines.map { JSONLines.decode(Document.self, $0)?.name } == ["a/b", "b"])
    #expect(String(decoding: buffer, as: UTF8.self) == "{\"name" && JSONLines.take(from: &buffer).isEmpty)
    #expect(JSONLines.decode(Document.self, buffer) == nil)
  }
}

/// Draws that a failing test can repeat (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
