import ArgumentParser
import Blocks
import Figures
import Glibc
import Randomness
import Spaces
import Tensors

/// The growth of time and memory of each block with the length of a sequence.
struct GrowthBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "growth",
    abstract: "Time and memory of one block, forward and backward on one thread, against a sequence's length.",
    discussion: """
      EXAMPLES
        bench growth
        bench growth --width 64 --svg growth.svg
        bench growth --layer t --layer 't(window=128)' --length 1024 --length 131072
        bench growth --length 1024 --length 8192 --length 65536 --length 131072 --quadratic 16384 --svg growth.svg
      """)

  @Option(help: "Width of the block.") var width = 128
  @Option(
    help: "Layers without their width, as h(form=modal); again for more. Default: every kind of block, and some forms.")
  var layer: [String] = BlockKind.all.map { String($0.letter) } + ["h(form=modal)", "t(window=128)"]
  @Option(help: "Tokens; again for more.") var length = [128, 256, 512, 1024, 2048, 4096, 8192]
  @Option(help: "Longest sequence of attention to all tokens.") var quadratic = Int.max
  @Option(help: "Measured passes; medians are shown.") var rounds = 5
  @Option(help: "Write the two figures here.") var svg: String?

  private struct Point {
    let length: Int
    let seconds: Double
    let bytes: Int
  }

  func run() throws {
    var lines: [(name: String, points: [Point])] = []
    for text in layer {
      let module = try Module(parsing: text)
      let (name, block) = (module.text, module.layer(width: width))
      let isQuadratic = block.kind == .transformer && block["window"] == 0
      let points = length.filter { !isQuadratic || $0 <= quadratic }.map { measure(block, $0) }
      for point in points {
        let milliseconds =
          (point.seconds * 1e3).text(2, width: 9) + " ms " + (Double(point.bytes) / 1_048_576).text(1, width: 9)
          + " MiB"
        print("\(name) \(point.length):".padded(to: 32) + milliseconds)
      }
      // The slope of a line through the logarithms: 1 is linear, 2 quadratic.
      let (time, memory) = (slope(points) { $0.seconds }, slope(points) { Double($0.bytes) })
      print("\(name) grows as L^\(time) in time, L^\(memory) in memory")
      fflush(nil)
      lines.append((name, points))
    }
    if let svg {
      let plot = { (title: String, value: (Point) -> Double) in
        Plot(
          "growth", title: title, x: .init("tokens", .logarithmic, ticks: length.map(Double.init)),
          y: .init("", .logarithmic),
          lines: lines.map { line in
            Plot.Line(line.name, line.points.map { Plot.Point(x: Double($0.length), y: value($0)) })
          })
      }
      let passes = "one block of width \(width), forward and backward on one thread"
      try Plot.svg([
        plot("time in ms, \(passes)") { $0.seconds * 1e3 },
        plot("memory in MiB, \(passes)") { Double($0.bytes) / 1_048_576 },
      ]).write(to: svg)
    }
  }

  private func measure(_ layer: Layer, _ length: Int) -> Point {
    let shape = BlockShape(layer, hIn: width, causal: layer.problem(causal: true) == nil)
    let weights = Initializer(seed: 1).weights(shape.layout, block: "block")
    let random = Philox(seed: 2, stream: .synthesis)
    let x = (0..<length * width).map { Float(2 * random.uniform($0) - 1) }
    let tape = Tape()
    var times: [Double] = []
    for _ in 0...max(1, rounds) {
      let clock = ContinuousClock.now
      tape.begin(lengths: [length], training: true)
      let y = shape.forward(tape.input(x, rows: length, columns: width), on: tape, block: tape.bind(weights))
      tape.backward(seeds: [(y, Array(x.prefix(y.rows * y.columns)))])
      times.append((ContinuousClock.now - clock) / .seconds(1))
    }
    return Point(length: length, seconds: Alternation.median(Array(times.dropFirst())), bytes: 4 * tape.arenaFloats)
  }

  private func slope(_ points: [Point], _ value: (Point) -> Double) -> String {
    let pairs = points.filter { $0.length >= 1024 }.map { (log(Double($0.length)), log(value($0))) }
    guard pairs.count > 1 else { return "?" }
    let count = Double(pairs.count)
    let (sx, sy) = (pairs.reduce(0) { $0 + $1.0 }, pairs.reduce(0) { $0 + $1.1 })
    let (sxx, sxy) = (pairs.reduce(0) { $0 + $1.0 * $1.0 }, pairs.reduce(0) { $0 + $1.0 * $1.1 })
    return ((count * sxy - sx * sy) / (count * sxx - sx * sx)).text(2)
  }
}
