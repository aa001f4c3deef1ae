import Blocks
import Spaces
import Testing

@Test func `the full space has its counts under the monotone constraint`() throws {
  // SCIENCE 1.1 and 1.2: 20^3 + 20^4 + 20^5 + 20^6; 998,125 with the last width 512.
  let space = SearchSpace(minimumDistance: 0, count: 4)
  let reduced = try space.reduce(threads: 2)
  #expect(reduced.counts.raw == 67_368_000)
  #expect(reduced.counts.spread == 998_125)
  let first = try SearchSpace(minimumDistance: 0, distanceFirst: true, count: 4).reduce(threads: 2)
  #expect(first.counts == reduced.counts)
  #expect(reduced.counts.monotone == 998_125)
  #expect(reduced.depths.map(\.counts.monotone) == [1_250, 12_500, 109_375, 875_000])
  #expect(reduced.counts.bounded == 998_125)
  #expect(reduced.depths.map(\.counts.kept) == [1, 1, 1, 1])
}

@Test func `the full space has its counts with the distance filter`() throws {
  // Brute force in numpy over all width vectors.
  let first = try SearchSpace(distanceFirst: true, count: 4).reduce(threads: 2)
  #expect(first.depths.map(\.counts.spread) == [2_000, 20_000, 400_000, 8_000_000])
  #expect(first.depths.map(\.counts.monotone) == [375, 2_500, 18_750, 125_000])
  let reduced = try SearchSpace().reduce(threads: 2)
  #expect(reduced.depths.map(\.counts.monotone) == [1_250, 12_500, 109_375, 875_000])
  #expect(reduced.depths.map(\.counts.spread) == [375, 5_000, 31_250, 218_750])
  #expect(reduced.depths.map(\.counts.kept) == [90, 90, 90, 90])
  #expect(reduced.architectures.count == 360)
  #expect(Set(reduced.architectures.map(\.id)).count == 360)
  #expect(
    zip(reduced.architectures, reduced.architectures.dropFirst()).allSatisfy {
      $0.id.utf8.lexicographicallyPrecedes($1.id.utf8)
    })
  #expect(reduced.embeddingWidth == 64)
  #expect(reduced.distanceFirst == false)
  // Golden: FNV-1a, 64 bits, of the ids. A change of it is a change of every search that was run.
  let ids = reduced.architectures.map(\.id).joined(separator: " ")
  let digest = ids.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  #expect(digest == 13_617_159_765_767_076_108)
}

@Test func `the distance filter equals brute force`() throws {
  // (widths, distance, modules, depths, spread, monotone), from a numpy program that tests every pair of vectors.
  func check(
    _ widths: [Int], _ distance: Double, _ modules: [Module], _ depths: [Int], first: Bool, spread: [Int],
    monotone: [Int]
  ) throws {
    let space = SearchSpace(
      modules: modules, depths: depths, widths: widths, minimumDistance: distance, distanceFirst: first,
      count: depths.count)
    let counts = try space.reduce().depths.map(\.counts)
    #expect(counts.map(\.spread) == spread)
    #expect(counts.map(\.monotone) == monotone)
    #expect(counts.map(\.bounded) == (first ? monotone : spread))
  }
  let five = Module.standard
  try check(
    [32, 64, 128], 1.5, five, [3, 4, 5, 6], first: true, spread: [1125, 11250, 131250, 1_687_500],
    monotone: [375, 2500, 18750, 109375])
  try check(
    [32, 64, 128], 1.5, five, [3, 4, 5, 6], first: false, spread: [375, 3125, 18750, 125_000],
    monotone: [750, 6250, 46875, 328_125])
  let two = [Module(.cnn), Module(.hyena)]
  try check([96, 48, 32, 64], 0.7, two, [2, 3, 4], first: true, spread: [28, 192, 1312], monotone: [8, 32, 144])
  try check([96, 48, 32, 64], 0.7, two, [2, 3, 4], first: false, spread: [8, 40, 128], monotone: [16, 80, 320])
  try check([64, 128, 256, 512], 1, five, [3], first: true, spread: [8000], monotone: [1250])
  try check([64, 128, 256, 512], 2, five, [3], first: false, spread: [375], monotone: [1250])
  #expect(throws: SpaceFinding.tooFew(wanted: 1, available: 0)) {
    try check([64, 128, 256, 512], 2, five, [3], first: true, spread: [1000], monotone: [0])
  }
}

@Test func `a monotone vector is not lost to one that the constraint drops`() throws {
  let wanted = try Architecture(parsing: "h64-t64-c512")
  let space = SearchSpace(depths: [3], count: 375)
  #expect(try space.reduce().architectures.contains(wanted))
  var first = space
  first.distanceFirst = true
  #expect(try !first.reduce().architectures.contains(wanted))
}

@Test func `the whole space holds the documented blocks`() throws {
  // 240 blocks and 258 M parameters. Paths of two layers of each position's choices cover them.
  let widths = [64, 128, 256, 512]
  var blocks = Set<SharedBlock>()
  for position in 0..<6 {
    for (index, width) in widths.enumerated() where position < 5 || width == 512 {
      let inputs = position == 0 ? [64] : Array(widths[...index])
      for input in inputs {
        for module in Module.standard {
          blocks.insert(SharedBlock(position: position, inputWidth: input, layer: module.layer(width: width)))
        }
      }
    }
  }
  #expect(blocks.count == 240)
  #expect(blocks.reduce(0) { $0 + $1.parameters() } / 1_000_000 == 258)
}

@Test func `the clustering equals a plain K-means`() throws {
  // From a numpy K-means written from the contract alone: dense one-hot vectors, Philox by the published rounds.
  func check(_ letters: String, _ widths: [Int], depth: Int, seed: Int, of available: Int, _ expected: [String]) throws
  {
    let space = SearchSpace(
      modules: letters.map { Module(BlockKind(letter: $0)!) }, depths: [depth], widths: widths, minimumDistance: 0,
      count: expected.count, seed: seed)
    let reduced = try space.reduce()
    #expect(reduced.counts.bounded == available)
    #expect(reduced.architectures.map(\.id) == expected)
  }
  try check(
    "cth", [64, 128], depth: 3, seed: 0, of: 81,
    [
      "c128-t128-t128", "c64-c128-h128", "c64-c128-t128", "h64-c64-t128", "h64-h128-c128", "t128-h128-t128",
      "t64-t128-c128",
    ])
  try check(
    "ct", [32, 64, 128], depth: 4, seed: 3, of: 160,
    [
      "c32-c32-c128-t128", "c32-t32-t128-c128", "c64-c128-t128-t128", "c64-t64-c64-t128", "t128-t128-c128-c128",
      "t32-t128-c128-t128", "t32-t32-t64-t128", "t64-c128-t128-c128", "t64-c64-c64-c128",
    ])
  try check(
    "clmth", [64, 128, 256, 512], depth: 3, seed: 7, of: 1250,
    [
      "c128-l256-t512", "c64-m512-c512", "h64-c256-m512", "h64-l64-h512", "h64-t512-l512", "l128-m256-t512",
      "l64-h256-m512", "l64-h512-h512", "m128-c512-c512", "m64-l512-m512", "t128-t128-l512", "t64-c512-t512",
    ])
}

@Test func `a reduction does not depend on threads or order`() throws {
  let space = SearchSpace(depths: [4, 5], minimumDistance: 0, count: 40, seed: 11)
  let one = try space.reduce(threads: 1)
  for threads in [2, 4] { #expect(try space.reduce(threads: threads) == one) }
  var shuffled = space
  shuffled.modules.reverse()
  shuffled.depths.reverse()
  shuffled.widths.reverse()
  #expect(try shuffled.reduce() == one)
  var reseeded = space
  reseeded.seed = 12
  #expect(try reseeded.reduce().architectures != one.architectures)
}

@Test func `the bound on parameters is exact`() throws {
  var space = SearchSpace(
    modules: [Module(.cnn), Module(.transformer), Module(.mamba)], depths: [2, 3], widths: [32, 64, 128],
    minimumDistance: 0, count: 0)
  space.count = 9 * 3 + 27 * 6
  let all = try space.reduce()
  #expect(all.counts.bounded == space.count)
  for vocabulary in [nil, 4096] {
    let embedding = Embedding(width: 32)
    let sizes = all.architectures.map { $0.parameters(embedding: embedding, vocabulary: vocabulary) }.sorted()
    let bound = sizes[40]
    space.maximumParameters = bound
    space.vocabulary = vocabulary
    space.count = 2
    #expect(try space.reduce().counts.bounded == sizes.count { $0 <= bound })
  }
}

@Test func `the count is shared over the depths`() throws {
  func kept(_ count: Int) throws -> [Int] {
    let space = SearchSpace(
      modules: [Module(.cnn), Module(.hyena)], depths: [1, 2, 3], widths: [64, 128], minimumDistance: 0, count: count)
    return try space.reduce().depths.map(\.counts.kept)
  }
  // Available are 2, 8 and 24.
  #expect(try kept(5) == [2, 2, 1])
  #expect(try kept(10) == [2, 4, 4])
  #expect(try kept(21) == [2, 8, 11])
  #expect(try kept(34) == [2, 8, 24])
  #expect(throws: SpaceFinding.tooFew(wanted: 35, available: 34)) { try kept(35) }
}

@Test func `widths of a space may also decrease`() throws {
  let space = SearchSpace(
    modules: [Module(.cnn)], depths: [3], widths: [8, 16], minimumDistance: 0, monotonic: false, count: 8)
  #expect(try space.reduce().architectures.count == 8)
}

@Test func `architectures that are written out join the space`() throws {
  let texts = ["h64-t128-c128", "c16(kernel=5)", "h64-t128-c128"]
  let written = try texts.map { try Architecture(parsing: $0) }
  let alone = try SearchSpace(written: written).reduce()
  #expect(alone.architectures.map(\.text) == ["c16(kernel=5)", "h64-t128-c128"])
  #expect(alone.embeddingWidth == 16)
  #expect(
    alone.blocks.map(\.name) == [
      "0.cnn.16-16+kernel5", "0.hyena.16-64", "1.transformer.64-128", "2.cnn.128-128",
    ])
  let space = SearchSpace(
    modules: [Module(.cnn)], depths: [1], widths: [32, 64], minimumDistance: 0, count: 1,
    written: [try Architecture(parsing: "c64"), try Architecture(parsing: "c32")])
  let both = try space.reduce()
  #expect(both.architectures.map(\.id) == ["c32", "c64"])
  #expect(both.written == 1)
}

@Test func `bad spaces are found`() {
  func check(_ space: SearchSpace, _ findings: [SpaceFinding], _ location: SourceLocation = #_sourceLocation) {
    #expect(space.findings == findings, sourceLocation: location)
    if let first = findings.first {
      #expect(throws: first, sourceLocation: location) { try space.reduce() }
      #expect(!first.description.isEmpty)
    }
  }
  check(SearchSpace(modules: [], depths: []), [.empty("modules"), .empty("depths")])
  check(SearchSpace(written: []), [.empty("architectures")])
  check(SearchSpace(modules: [Module(.cnn), Module(.cnn)]), [.repeated("modules", "cnn")])
  check(SearchSpace(depths: [0]), [.outOfRange("depths", 0, 1...64)])
  check(SearchSpace(widths: [0, 9000]), [.outOfRange("widths", 0, 1...8192), .outOfRange("widths", 9000, 1...8192)])
  check(SearchSpace(minimumDistance: -1), [.distance(-1)])
  check(SearchSpace(count: -1), [.negative("count", -1)])
  let narrow = Layer(.transformer, width: 96).problem()!
  check(SearchSpace(modules: [Module(.transformer)], widths: [96, 128]), [.layer(narrow)])
  #expect(throws: SpaceFinding.tooLarge(depth: 20)) { try SearchSpace(depths: [20]).reduce() }
  #expect(throws: SpaceFinding.tooManyWidthVectors(depth: 9, count: 262_144, limit: 131_072)) {
    try SearchSpace(depths: [9], distanceFirst: true).reduce()
  }
  #expect(throws: SpaceFinding.tooManyArchitectures(depth: 6, count: 64_000_000, limit: 8_388_608)) {
    try SearchSpace(depths: [6], minimumDistance: 0, monotonic: false).reduce()
  }
}

@Test func `two modules of one kind are two modules`() throws {
  let modules = [Module(.cnn), try Module(parsing: "cnn(dilation=4)"), try Module(parsing: "hyena(form=modal)")]
  var space = SearchSpace(modules: modules, depths: [2], widths: [64, 128], minimumDistance: 0, count: 18)
  let paths = try space.reduce().architectures
  // Widths never decrease and end in the largest: two for the first layer, one for the second.
  let expected = modules.flatMap { first in
    [64, 128].flatMap { width in
      modules.map { Architecture(layers: [first.layer(width: width), $0.layer(width: 128)]) }
    }
  }
  #expect(Set(paths) == Set(expected) && paths.count == 18)
  space.count = 6
  let few = try space.reduce().architectures
  #expect(few.count == 6 && few.allSatisfy { $0.layers[1].width == 128 })
  #expect(Set(few.flatMap { $0.layers.map(\.options) }).count == 3)
}
