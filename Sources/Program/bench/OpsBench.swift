import ArgumentParser
import CKernels
import Glibc
import JSON

/// Every op, forward and backward on one thread, against what the machine can do and against PyTorch.
struct OpsBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ops", abstract: "Each op, forward and backward on one thread, beside PyTorch and the machine's peak.",
    discussion: """
      GFLOP/s count multiply-adds of the op's definition as two, three times the forward pass's; GB/s count what must
      be read and written at least. The share is of the peak that binds: of fp32 arithmetic in registers, or of a copy
      of 256 MiB. Numbers in the caches may exceed the latter.

      EXAMPLES
        bench ops --python venv/bin/python
        bench ops --op linear --op convolution --width 64 --rounds 51
      """)

  @Option(help: "Ops to measure; again for more. All by default.") var op: [String] = []
  @Option(help: "Sequences of a batch.") var batch = 16
  @Option(help: "Tokens of a sequence.") var length = 128
  @Option(help: "Features.") var width = 256
  @Option(help: "Tokens of the vocabulary.") var vocabulary = 4101
  @Option(help: "fp32 or bf16.") var precision = "fp32"
  @Option(help: "Measured rounds; medians are shown.") var rounds = 15
  @Option(help: "A Python that can import torch; `none` leaves the peer out.")
  var python = Peer.python

  private struct Line: Encodable {
    let work = "op"
    let op, precision: String
    let batch, length, width, vocabulary: Int
    let threads = 1
  }

  func run() throws {
    let works = OpWork.all(
      batch: batch, length: length, width: width, vocabulary: vocabulary, half: precision == "bf16")
    for name in op where !works.contains(where: { $0.name == name }) {
      throw ValidationError("no op named '\(name)': \(works.map(\.name).joined(separator: ", "))")
    }
    let peak = Self.arithmetic()
    let copy = Self.copying()
    let peaks = "\((peak / 1e9).text(1)) GFLOP/s, \((copy / 1e9).text(1)) GB/s"
    print("peak of one thread: \(peaks); batch \(batch) x \(length), width \(width), \(precision)")
    print("op                           ms   GFLOP/s      GB/s  share   PyTorch  ratio")
    let peer = python == "none" ? nil : try Peer(python, "training_peer.py")
    defer { peer?.end() }
    for work in works where op.isEmpty || op.contains(work.name) {
      let line = Line(
        op: work.name, precision: precision, batch: batch, length: length, width: width, vocabulary: vocabulary)
      let text = String(decoding: try JSON.encode(line, .line), as: UTF8.self)
      let times = try Alternation(rounds: rounds, step: work.prepare(), peers: peer.map { [($0, text)] } ?? [])
      let (operations, bytes) = (work.operations / times.ours, work.bytes / times.ours)
      let name = work.name.padded(to: 22)
      var row = name + (times.ours * 1e3).text(3, width: 9)
      row += work.operations > 0 ? (operations / 1e9).text(1, width: 10) : "         -"
      row += (bytes / 1e9).text(1, width: 10)
      row += (100 * max(operations / peak, bytes / copy)).text(0, width: 6) + "%"
      if let theirs = times.theirs.first {
        row +=
          theirs.seconds.map { ($0 * 1e3).text(3, width: 10) + ($0 / times.ours).text(2, width: 7) }
          ?? "  \(theirs.error ?? "no answer")"
      }
      print(row)
      fflush(nil)
    }
  }

  /// Floating-point operations a second of one thread that goes on for a while, as clocks fall under wide instructions:
  /// the median of several tries of a tenth of a second or so.
  private static func arithmetic() -> Double {
    var result = [Float](repeating: 0, count: 16)
    return Alternation.median(
      (0..<9).map { _ in
        let clock = ContinuousClock.now
        let operations = kernel_peak(20_000_000, 0.999, 0.001, &result)
        return operations / ((ContinuousClock.now - clock) / .seconds(1))
      })
  }

  /// Bytes read and written a second by a copy that no cache holds, the best of several tries.
  private static func copying() -> Double {
    let count = 1 << 28
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: 2 * count, alignment: 64)
    defer { buffer.deallocate() }
    memset(buffer, 1, 2 * count)
    return (0..<5).map { _ in
      let clock = ContinuousClock.now
      memcpy(buffer, buffer + count, count)
      return 2 * Double(count) / ((ContinuousClock.now - clock) / .seconds(1))
    }.max()!
  }
}
