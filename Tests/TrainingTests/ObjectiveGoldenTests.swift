import Foundation
import Losses
import Ops
import Randomness
import Tensors
import Testing

@testable import Networks
@testable import Training

/// Numbers of a file of Goldens/ by their names.
private func golden(_ name: String) throws -> [String: [Double]] {
  let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Goldens/\(name).txt")
  var numbers: [String: [Double]] = [:]
  for line in try String(contentsOf: path, encoding: .utf8).split(separator: "\n") {
    let parts = line.split(separator: " ")
    numbers[String(parts[0])] = parts.dropFirst().compactMap { Double($0) }
  }
  return numbers
}

@Suite struct ObjectiveGoldenTests {
  @Test(arguments: ["infonce", "infonce-warm"]) func `InfoNCE is that of PyTorch`(name: String) throws {
    let golden = try golden(name)
    let (z, views, temperature) = (golden["z"]!, Int(golden["views"]![0]), golden["temperature"]![0])
    let (sum, gradient) = InfoNCE.loss(z.map(Float.init), views: views, temperature: temperature)
    #expect(abs(sum.loss - golden["loss"]![0]) < 1e-6 * golden["loss"]![0])
    #expect(abs(Reference.infoNCE(z, views: views, temperature: temperature) - golden["loss"]![0]) < 1e-7)
    let scale = golden["gradient"]!.map(abs).max()!
    for (a, b) in zip(gradient, golden["gradient"]!) { #expect(abs(Double(a) - b) < 1e-5 * scale) }
    #expect(gradient.count == golden["gradient"]!.count)
  }

  @Test(arguments: [2, 4, 14, 64], [1, 3, 16, 17]) func `InfoNCE is its formula`(views: Int, columns: Int) {
    let random = Philox(seed: 5, stream: .synthesis)
    let z = (0..<views * columns).map { Float(2 * random.uniform($0) - 1) }
    let (sum, gradient) = InfoNCE.loss(z, views: views, temperature: 0.5)
    let plain = { (z: [Float]) in Reference.infoNCE(z.map(Double.init), views: views, temperature: 0.5) }
    #expect(abs(sum.loss - plain(z)) < 1e-5)
    #expect(sum.rows == views && (0...views).contains(sum.correct))
    // At one column all directions are the same or opposite, and nothing can move: the gradient is zero.
    for place in stride(from: 0, to: z.count, by: max(1, z.count / 12)) {
      var (up, down) = (z.map(Double.init), z.map(Double.init))
      up[place] += 1e-5
      down[place] -= 1e-5
      let numeric =
        (Reference.infoNCE(up, views: views, temperature: 0.5)
          - Reference.infoNCE(down, views: views, temperature: 0.5)) / 2e-5
      #expect(abs(Double(gradient[place]) - numeric) < 1e-4 * (1 + abs(numeric)), "d[\(place)]")
    }
  }

  @Test func `the cosine schedule is that of PyTorch`() throws {
    let rates = try golden("cosine")["rates"]!
    let rule = AdamW(rate: 1e-3, schedule: .cosine(start: 0, steps: 20, end: 0.1))
    for (step, rate) in rates.enumerated() { #expect(abs(rule.rate(step: step) - rate) < 1e-11, "step \(step)") }
    #expect(abs(rule.rate(step: 99) - 1e-4) < 1e-18)
  }

  @Test func `schedules fall where they say`() {
    let constant = AdamW(rate: 2, warmup: 4)
    #expect((0..<6).map { constant.rate(step: $0) } == [0.5, 1, 1.5, 2, 2, 2])
    let linear = AdamW(rate: 2, warmup: 2, schedule: .linear(start: 4, steps: 4, end: 0.5))
    #expect((0..<10).map { linear.rate(step: $0) } == [1, 2, 2, 2, 2, 1.75, 1.5, 1.25, 1, 1])
  }

  /// Trainings that differ in their falls alone have the same bits before them.
  @Test func `a schedule is constant up to its fall`() {
    for end in [0, 1e-9, 0.1, 1.0 / 3, 0.5, 0.7, 0.9999, 1] {
      for schedule in [Schedule.linear(start: 9, steps: 3, end: end), .cosine(start: 9, steps: 3, end: end)] {
        let (rule, constant) = (AdamW(rate: 7e-4, warmup: 4, schedule: schedule), AdamW(rate: 7e-4, warmup: 4))
        #expect((0...9).allSatisfy { rule.rate(step: $0) == constant.rate(step: $0) }, "\(schedule)")
        #expect(end == 1 || rule.rate(step: 10) < constant.rate(step: 10))
      }
    }
  }
}
