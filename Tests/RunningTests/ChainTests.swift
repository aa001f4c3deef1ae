import Artifacts
import Explaining
import Foundation
import Plans
import Stores
import Testing
import YAML

/// The causes that a chain names where more than one thing was edited, and where an array differs within itself.
@Suite struct ChainTests {
  /// Fields of the roots, with their stages.
  static func roots(_ excerpt: Excerpt) -> [String] {
    excerpt.edits.map { step, change in "\(step.prefix { $0 != "[" }).\(change.field)" }
  }

  static func words(_ change: Change) -> String {
    switch change {
    case .port(_, let old, let new, _, _), .parameter(_, let old, let new, _, _): "\(old) -> \(new)"
    default: "\(change)"
    }
  }

  /// A step that waits for `first`, and what its port `other` and its axis say.
  static func waiting(_ scene: Scene, weight: String, items: String, other: String) -> String {
    """
    bioarc: 1
    name: test
    inputs:
      data: { path: \(scene.path("input")), kind: sequences, format: raw }
      files:
        axis: file
        items:
          f: { path: \(scene.path("f")), kind: sequences, format: raw }
          g: { path: \(scene.path("g")), kind: sequences, format: raw }
    stages:
      first: { stage: follow, with: { weight: \(weight) }, in: { input: $data } }
      each:
        stage: follow
        for: { item: \(items) }
        in: { input: $first.output, other: \(other) }
    """
  }

  /// An edit of one of its own ports, beside one upstream.
  struct PortEdit: Sendable, CustomTestStringConvertible {
    let old: (items: String, other: String)
    let new: (items: String, other: String)
    let step: String
    let words: String?
    var testDescription: String { "\(old) -> \(new)" }
  }

  static let portEdits = [
    PortEdit(old: ("[a]", "one"), new: ("[a]", "two"), step: "each[item=a]", words: "one -> two"),
    PortEdit(
      old: ("{ a: x, b: y }", "$item"), new: ("{ a: x, b: z }", "$item"), step: "each[item=b]", words: "y -> z"),
    PortEdit(old: ("[a]", "$data"), new: ("[a]", "two"), step: "each[item=a]", words: nil),
    // The content of a file of a collection.
    PortEdit(old: ("[a]", "$files"), new: ("[a]", "$files"), step: "each[file=g,item=a]", words: nil),
  ]

  @Test(arguments: portEdits) func `waiting steps name their own edits`(_ edit: PortEdit) throws {
    let scene = try Scene()
    for name in ["f", "g"] { try scene.write(name, name) }
    let before = Self.waiting(scene, weight: "1", items: edit.old.items, other: edit.old.other)
    let after = Self.waiting(scene, weight: "0.5", items: edit.new.items, other: edit.new.other)
    let fresh = try scene.resolve(before)
    try scene.run(before)
    // A run keeps the strings that its steps read.
    for text in ["one", "y"] { _ = try scene.store.put(Array("\(text)\n".utf8)) }
    if edit.old.other == "$files" { try scene.write("g", "another") }
    let resolution = try scene.resolve(after)
    #expect(resolution.running == ["first"])
    // Against the run, and against the pipeline as it was when nothing had run.
    for why in [try scene.why(resolution), Explainer(resolution, against: fresh)] {
      let excerpt = try why.excerpt(for: resolution.step(edit.step))
      #expect(Self.roots(excerpt) == ["each.other", "first.weight"])
      if let words = edit.words, let change = excerpt.reason.changes.first { #expect(Self.words(change) == words) }
    }
    let ports = try KeyTable(resolution.step(edit.step), in: resolution).ports
    #expect(ports.map(\.place) == [.notYet, .inKey])
  }

  /// Another input has a new result already: that is a cause beside the step that is waited for.
  @Test func `waiting steps name new results that they read`() throws {
    let scene = try Scene()
    let pipeline = { (first: String, second: String) in
      """
      bioarc: 1
      name: test
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        first: { stage: follow, with: { weight: \(first) }, in: { input: $data } }
        second: { stage: follow, with: { weight: \(second) }, in: { input: $data } }
        both: { stage: follow, in: { input: $first.output, other: $second.output } }
      """
    }
    try scene.run(pipeline("0.1", "0.2"))
    let after = pipeline("0.3", "0.4")
    try scene.run(after, only: ["second"])
    let resolution = try scene.resolve(after)
    #expect(resolution.running == ["first"])
    let excerpt = try scene.why(resolution).excerpt(for: resolution.step("both"))
    #expect(Self.roots(excerpt).sorted() == ["first.weight", "second.weight"])
  }

  // MARK: Arrays

  /// `first` goes into each of an array, whose weights are those of its items.
  static func array(_ scene: Scene, first: String, _ weights: [(id: String, weight: String)]) -> String {
    """
    bioarc: 1
    name: test
    inputs:
      data: { path: \(scene.path("input")), kind: sequences, format: raw }
    stages:
      first: { stage: follow, with: { weight: \(first) }, in: { input: $data } }
      each:
        stage: follow
        for: { item: { \(weights.map { "\($0.id): \($0.weight)" }.joined(separator: ", ")) } }
        with: { weight: $item }
        in: { input: $first.output }
      all: { stage: gather, in: { items: { from: $each.output, over: { item: [item] } } } }
    """
  }

  static func items(_ count: Int, edited: Set<Int> = []) -> [(id: String, weight: String)] {
    (0..<count).map { ("i\(String(100_000 + $0))", edited.contains($0) ? "0.\(5000 + $0)" : "0.25") }
  }

  /// Every edit of one item is found, however few they are; what is not shown is a cause all the same.
  @Test(arguments: [[13], [0, 1, 2, 17, 38, 39]]) func `every edit within an array is found`(_ edited: [Int]) throws {
    let scene = try Scene()
    try scene.run(Self.array(scene, first: "1", Self.items(40)))
    let resolution = try scene.resolve(Self.array(scene, first: "0.5", Self.items(40, edited: Set(edited))))
    let excerpt = try scene.why(resolution).excerpt(for: resolution.step("all"))
    #expect(Self.roots(excerpt).sorted() == edited.map { _ in "each.weight" } + ["first.weight"])
    #expect(Set(excerpt.edits.map { Self.words($0.change) }).count == edited.count + 1)
    let shown = min(3, edited.count + 1)
    #expect(excerpt.causes.count == shown)
    #expect(excerpt.causes.reduce(0) { $0 + 1 + $1.others + $1.unlike } == 40)
    #expect(excerpt.causes.first?.others == 39 - edited.count, "the largest group comes first")
    #expect(excerpt.causes.last?.unlike == max(0, edited.count - 2))
    #expect(excerpt.causes.allSatisfy { $0.unseen == 0 })
    // A cause that is said to be told further up is.
    var told = [excerpt.reason.step]
    func walk(_ cause: Excerpt.Cause) {
      if cause.isRepeated { #expect(told.contains(cause.reason.step)) } else { told.append(cause.reason.step) }
      cause.causes.forEach(walk)
    }
    excerpt.causes.forEach(walk)
    #expect(told.contains("first"))
  }

  /// An edit behind one step of an array that has none of its own.
  @Test func `an edit behind one step of an array is found`() throws {
    let scene = try Scene()
    let text = { (first: String, weights: [(id: String, weight: String)]) in
      Self.array(scene, first: first, weights)
        .replacing("  all:", with: "  last: { stage: follow, in: { input: $each.output } }\n  all:")
        .replacing("from: $each", with: "from: $last")
    }
    try scene.run(text("1", Self.items(20)))
    let resolution = try scene.resolve(text("0.5", Self.items(20, edited: [13])))
    let excerpt = try scene.why(resolution).excerpt(for: resolution.step("all"))
    #expect(Self.roots(excerpt).sorted() == ["each.weight", "first.weight"])
    #expect(excerpt.causes.map(\.others) == [19], "the last ones are alike")
  }

  /// Edits that come with new items are causes; another name for an old item is none.
  @Test func `new items of an axis are causes, and renamed ones are not`() throws {
    let scene = try Scene()
    try scene.run(Self.array(scene, first: "1", [("a", "0.1"), ("b", "0.2")]))
    let items = [("a", "0.1"), ("renamed", "0.2"), ("new", "0.3")]
    let resolution = try scene.resolve(Self.array(scene, first: "0.5", items))
    let excerpt = try scene.why(resolution).excerpt(for: resolution.step("all"))
    #expect(Self.roots(excerpt).sorted() == ["each.weight", "first.weight"])
    #expect(excerpt.causes.map(\.reason.step) == ["each[item=a]", "each[item=new]", "each[item=renamed]"])
    #expect(excerpt.causes.map { $0.reason.namesake == nil } == [true, false, false])
    let many = try scene.resolve(Self.array(scene, first: "0.5", Self.items(60)))
    let causes = try scene.why(many).excerpt(for: many.step("all")).causes
    #expect(causes.map(\.others) == [49] && causes.map(\.unseen) == [10])
  }

  /// A part of a large array is looked at, and that is said.
  @Test func `a part of a large array is looked at, which is said`() throws {
    let scene = try Scene()
    try scene.run(Self.array(scene, first: "1", Self.items(1500)))
    let resolution = try scene.resolve(Self.array(scene, first: "0.5", Self.items(1500)))
    let excerpt = try scene.why(resolution).excerpt(for: resolution.step("all"))
    #expect(excerpt.causes.map(\.others) == [999] && excerpt.causes.map(\.unseen) == [500])
    #expect(excerpt.isPartial)
    #expect(Self.roots(excerpt) == ["first.weight"])
  }

  /// Each item of each axis of a large array is looked at.
  @Test func `each item of each axis of a product is looked at`() throws {
    let scene = try Scene()
    let weights = (1...25).map { "0.\(100 + $0)" }.joined(separator: ", ")
    let pipeline = { (first: String, steps: Int) in
      let items = (1...50).map { "s\($0): \($0 == 33 ? steps : $0)" }.joined(separator: ", ")
      return """
        bioarc: 1
        name: test
        inputs:
          data: { path: \(scene.path("input")), kind: sequences, format: raw }
        stages:
          first: { stage: follow, with: { weight: \(first) }, in: { input: $data } }
          each:
            stage: follow
            for: { a: [\(weights)], b: { \(items) } }
            with: { weight: $a, steps: $b }
            in: { input: $first.output }
          all: { stage: gather, in: { items: { from: $each.output, over: { item: [a, b] } } } }
        """
    }
    try scene.run(pipeline("1", 33))
    let resolution = try scene.resolve(pipeline("0.5", 999))
    let excerpt = try scene.why(resolution).excerpt(for: resolution.step("all"))
    #expect(Self.roots(excerpt).sorted() == ["each.steps", "first.weight"])
    #expect(excerpt.causes.first?.unseen == 25 * 50 - (25 + 50 - 1))
  }

  // MARK: Roots

  /// Another source is an edit, whatever else changed.
  @Test func `another source of a port is an edit`() throws {
    let scene = try Scene()
    let pipeline = { (source: String, weight: String) in
      """
      bioarc: 1
      name: test
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        a: { stage: follow, with: { weight: 0.1 }, in: { input: $data } }
        b: { stage: follow, with: { weight: 0.2 }, in: { input: $data } }
        c: { stage: follow, with: { weight: \(weight) }, in: { input: $data } }
        last: { stage: follow, in: { input: $\(source).output, other: $c.output } }
      """
    }
    try scene.run(pipeline("a", "0.3"))
    let after = pipeline("b", "0.4")
    for isThere in [false, true] {
      if isThere { try scene.run(after, only: ["c"]) }
      let resolution = try scene.resolve(after)
      #expect(resolution.running == [isThere ? "last" : "c"])
      let excerpt = try scene.why(resolution).excerpt(for: resolution.step("last"))
      #expect(Self.roots(excerpt) == ["last.input", "c.weight"])
    }
  }

  /// A member of a collection has its cause in what wrote the collection.
  @Test func `a member has its cause in the step that wrote it`() throws {
    let split = StageDeclaration(
      name: "split", version: 1, summary: "", parameters: [], inputs: Array(Scene.follow.inputs.prefix(1)),
      outputs: Scene.collect.outputs, example: "")
    let scene = try Scene([split])
    let pipeline = { (weight: String) in
      """
      bioarc: 1
      name: test
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        first: { stage: follow, with: { weight: \(weight) }, in: { input: $data } }
        parts: { stage: split, in: { input: $first.output } }
        each: { stage: follow, for: { part: $parts.members }, in: { input: $part } }
      """
    }
    try scene.run(pipeline("0.1"))
    try scene.run(pipeline("0.2"), only: ["parts"])
    let resolution = try scene.resolve(pipeline("0.2"))
    let excerpt = try scene.why(resolution).excerpt(for: resolution.step("each[part=m0]"))
    #expect(excerpt.reason.changes.map(\.field) == ["input"])
    #expect(Self.roots(excerpt) == ["first.weight"])
  }

  /// Each changed file of a collection is named, with its place in the pipeline.
  @Test func `each changed file of a collection is named`() throws {
    let scene = try Scene()
    let count = 12
    for index in 0..<count { try scene.write("f\(index)", "\(index)") }
    let items = (0..<count).map { "      t\($0): { path: \(scene.path("f\($0)")), kind: sequences, format: raw }" }
    let text = """
      bioarc: 1
      name: test
      inputs:
        tasks:
          axis: task
          items:
      \(items.joined(separator: "\n"))
      stages:
        each: { stage: follow, in: { input: $tasks } }
        all: { stage: gather, in: { items: { from: $each.output, over: { item: [task] } } } }
      """
    try scene.run(text)
    for index in [3, 7] { try scene.write("f\(index)", "another \(index)") }
    let waiting = try scene.resolve(text)
    let roots = try scene.why(waiting).excerpt(for: waiting.step("all")).edits
    #expect(roots.map(\.step) == ["each[task=t3]", "each[task=t7]"])
    for (root, index) in zip(roots, [3, 7]) {
      guard case .port("input", _, _, let from, let position) = root.change else { Issue.record("\(root)"); continue }
      #expect(from == "the input \(scene.path("f\(index)"))")
      #expect(position == Position(file: "p.yaml", line: 7 + index, column: 7))
    }
    try scene.run(text, only: ["each"])
    let ready = try scene.resolve(text)
    let excerpt = try scene.why(ready).excerpt(for: ready.step("all"))
    #expect(excerpt.reason.changes.map(Self.words) == ["12 items -> 12 items: 't3' and 1 more changed"])
    #expect(excerpt.edits.map(\.step) == ["each[task=t3]", "each[task=t7]"])
  }

  // MARK: Comparisons

  /// A step does not differ from a step that never had a result.
  @Test func `a step is compared only with those that have a result`() throws {
    let scene = try Scene()
    let pipeline = { (weight: String, steps: Int) in
      """
      bioarc: 1
      name: test
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        each:
          stage: follow
          for: { item: [a, b, c] }
          with: { weight: \(weight), steps: \(steps) }
          in: { input: $data, other: $item }
      """
    }
    try scene.run(pipeline("1", 10))
    try scene.run(pipeline("0.5", 10), limit: 2)
    let resolution = try scene.resolve(pipeline("1", 20))
    let why = try scene.why(resolution)
    #expect(try why.excerpt(for: resolution.step("each[item=c]")).reason.changes.map(\.field) == ["steps"])
    #expect(try why.excerpt(for: resolution.step("each[item=a]")).reason.changes.map(\.field) == ["steps", "weight"])
  }

  /// Two forms of one letter are two keys, so they are a cause, and are told apart.
  @Test func `two forms of one letter are told apart`() throws {
    let named = StageDeclaration(
      name: "named", version: 1, summary: "",
      parameters: [Parameter("label", .string, default: .string(""), neutral: .string(""), help: "")],
      inputs: [InputPort("input", Scene.kinds, acceptsText: true, help: "")], outputs: Scene.follow.outputs, example: ""
    )
    let scene = try Scene([named])
    let pipeline = { (letter: String) in
      """
      bioarc: 1
      name: test
      stages:
        one: { stage: named, with: { label: "\(letter)" }, in: { input: "\(letter)" } }
      """
    }
    try scene.run(pipeline("\u{E9}"))
    let resolution = try scene.resolve(pipeline("e\u{301}"))
    #expect(resolution.running == ["one"])
    let changes = try scene.why(resolution).excerpt(for: resolution.step("one")).reason.changes
    #expect(changes.map(\.field) == ["label", "input"])
    guard case .parameter(_, "\\u{00E9}", "e\\u{0301}", _, _)? = changes.first else {
      Issue.record("\(changes)"); return
    }
  }
}
