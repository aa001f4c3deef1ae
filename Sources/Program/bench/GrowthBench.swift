import ArgumentParser
import Blocks
import Glibc
import Randomness
import Spaces
import Tensors
import Wording

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
      """)

  @Option(help: "Width of the block.") var width = 128
  @Option(
    help: "Layers without their width, as h(form=modal); again for more. Default: every kind of block, and some forms.")
  var layer: [String] = BlockKind.all.map { String($0.letter) } + ["h(form=modal)", "t(window=128)"]
  @Option(help: "Tokens; again for more.") var length = [128, 256, 512, 1024, 2048, 4096, 8192]
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
      let name = try Module(parsing: text).text
      let points = try length.map { try measure(Module(parsing: text).layer(width: width), $0) }
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
      let text = Figure.svg([
        Figure.Panel(
          title: "time, ms", lines: lines.map { ($0.name, $0.points.map { (Double($0.length), $0.seconds * 1e3) }) }),
        Figure.Panel(
          title: "memory, MiB",
          lines: lines.map { ($0.name, $0.points.map { (Double($0.length), Double($0.bytes) / 1_048_576) }) }),
      ])
      try text.write(to: svg)
    }
  }

  private func measure(_ layer: Layer, _ length: Int) throws -> Point {
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
    let count = Double(pairs.count)
    let (sx, sy) = (pairs.reduce(0) { $0 + $1.0 }, pairs.reduce(0) { $0 + $1.1 })
    let (sxx, sxy) = (pairs.reduce(0) { $0 + $1.0 * $1.0 }, pairs.reduce(0) { $0 + $1.0 * $1.1 })
    return ((count * sxy - sx * sy) / (count * sxx - sx * sx)).text(2)
  }
}

/// Lines on logarithmic axes.
enum Figure {
  struct Panel {
    let title: String
    let lines: [(name: String, points: [(x: Double, y: Double)])]
  }

  private static let colours = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#aa3377"]

  static func svg(_ panels: [Panel]) -> String {
    let (width, height) = (360.0, 280.0)
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width) * panels.count) \(Int(height))" \
      font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>

      """
    for (number, panel) in panels.enumerated() { text += draw(panel, left: Double(number) * width, width, height) }
    return text + "</svg>\n"
  }

  private static func draw(_ panel: Panel, left: Double, _ width: Double, _ height: Double) -> String {
    let all = panel.lines.flatMap(\.points)
    let xs = (log2(all.map(\.x).min()!), log2(all.map(\.x).max()!))
    let ys = (floor(log10(all.map(\.y).min()!)), ceil(log10(all.map(\.y).max()!)))
    let place = { (x: Double, y: Double) -> (Double, Double) in
      (
        left + 44 + (log2(x) - xs.0) / (xs.1 - xs.0) * (width - 60),
        height - 34 - (log10(y) - ys.0) / (ys.1 - ys.0) * (height - 64)
      )
    }
    let number = { (value: Double) in value.text(1) }
    var text = "<text x=\"\(number(left + 44))\" y=\"18\" font-weight=\"bold\">\(panel.title)</text>\n"
    for power in Int(ys.0)...Int(ys.1) {
      let (x, y) = place(all.map(\.x).min()!, pow(10, Double(power)))
      text += "<path d=\"M\(number(x)) \(number(y))h\(number(width - 60))\" stroke=\"#ddd\"/>"
      text += "<text x=\"\(number(x - 6))\" y=\"\(number(y + 4))\" text-anchor=\"end\">\(label(power))</text>\n"
    }
    for point in panel.lines[0].points {
      let (x, y) = place(point.x, pow(10, ys.0))
      text += "<text x=\"\(number(x))\" y=\"\(number(y + 16))\" text-anchor=\"middle\">\(Int(point.x))</text>\n"
    }
    let (middle, depth) = (number(left + width / 2), number(14 * Double(panel.lines.count)))
    text += "<text x=\"\(middle)\" y=\"\(number(height - 4))\" text-anchor=\"middle\">tokens</text>\n"
    text += "<rect x=\"\(number(left + 50))\" y=\"24\" width=\"70\" height=\"\(depth)\" fill=\"white\"/>\n"
    for (index, line) in panel.lines.enumerated() {
      let colour = colours[index % colours.count]
      let path = line.points.map { point -> String in
        let (x, y) = place(point.x, point.y)
        return "\(number(x)) \(number(y))"
      }
      text += "<path d=\"M\(path.joined(separator: "L"))\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.8\"/>\n"
      let y = 34 + 14 * Double(index)
      text += "<text x=\"\(number(left + 54))\" y=\"\(number(y))\" fill=\"\(colour)\">\(line.name)</text>\n"
    }
    return text
  }

  private static func label(_ power: Int) -> String { Words.short(pow(10, Double(power))) }
}
