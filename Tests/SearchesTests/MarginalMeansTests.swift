import Spaces
import Testing

@testable import Searches

@Suite struct MarginalMeansTests {
  @Test func `levels have their means, and intervals where there are several values`() throws {
    let means = MarginalMeans([("k", ["3", "10", "3", "10", "1", nil])], [1, 4, 3, 8, 5, 100])
    let factor = try #require(means.factors.first)
    #expect(factor.levels.map(\.name) == ["1", "3", "10"] && factor.levels.map(\.count) == [1, 2, 2])
    #expect(factor.levels.map(\.mean) == [5, 2, 6] && factor.levels[0].interval == nil)
    #expect(factor.levels.map(\.pair) == [[], [1, 3], [4, 8]])
    // t_{0.975} with one degree of freedom is tan(0.475 pi), times the standard error of 1.
    let interval = try #require(factor.levels[1].interval)
    #expect(abs(interval.upperBound - (2 + 12.706204736)) < 1e-6 && abs(interval.lowerBound + 10.706204736) < 1e-6)
  }

  @Test func `a factor of one level, of one candidate each, or that parts as one before it is left out`() {
    let values = [1.0, 2, 3, 4]
    let means = MarginalMeans(
      [
        ("same", ["a", "a", "a", "a"]), ("own", ["a", "b", "c", "d"]), ("first", ["x", "x", "y", "y"]),
        ("again", ["p", "p", "q", "q"]), ("other", ["x", "y", "x", "y"]),
      ], values)
    #expect(means.factors.map(\.name) == ["first", "other"])
  }

  @Test func `architectures have their modules, layers, widths and depths as factors`() throws {
    let architectures = try ["c16-t32", "c16-c32-t16", "t64"].map { try Architecture(parsing: $0) }
    let factors = MarginalMeans.ofArchitectures(architectures + [nil])
    let levels = { (name: String) in factors.first { $0.name == name }?.levels }
    #expect(levels("cnn in it") == ["yes", "yes", "no", nil])
    #expect(levels("transformer in it") == ["yes", "yes", "yes", nil])
    #expect(levels("first layer") == ["cnn", "cnn", "transformer", nil])
    #expect(levels("widest layer") == ["32", "32", "64", nil] && levels("depth") == ["2", "3", "1", nil])
  }
}
