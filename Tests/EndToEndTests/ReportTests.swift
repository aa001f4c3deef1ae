import Foundation
import TestSupport
import Testing

/// The page about a run, by the built program and in a browser.
@Suite(.serialized) struct ReportTests {
  /// A small search with all that a page has a section for.
  private static let pipeline = """
    bioarc: 1
    name: small
    stages:
      promoters: { stage: synthesize, with: { train: 160, dev: 80, test: 80, seed: 3 } }
      tokens: { stage: tokenize, with: { scheme: kmer, k: 2 }, in: { sequences: $promoters } }
      space: { stage: sample-space, with: { architectures: [c16-c16, t16, c16-t32, c32] } }
      supernet:
        stage: pretrain
        with: { steps: 30, batch: 8, length: 32, warm-up: 2 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
      objectives:
        stage: pretrain
        for: { objective: [mm, cl] }
        with: { objective: $objective, steps: 30, batch: 8, length: 32, warm-up: 2 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
      scores:
        stage: fine-tune
        for: { architecture: $space.architectures, draw: [1, 2] }
        with: { epochs: 3, lr: 0.003, seed: $draw }
        in: { weights: $supernet.weights, tokenizer: $tokens.tokenizer, architecture: $architecture, task: $promoters }
      linear: { stage: baseline, with: { c: [1] }, in: { task: $promoters } }
      audit: { stage: audit, in: { task: $promoters } }
      ranking:
        stage: rank
        in:
          scores:
            from: [$scores.metrics, $scores.predictions]
            over: { candidate: [architecture], replicate: [draw] }
          baselines: [$linear.metrics, $linear.predictions]
          audits: $audit.audit
    """

  private static let hasBrowser = Browser.program != nil
  /// axe-core, as the wheel `axe-playwright-python` has it.
  private static let axe = ProcessInfo.processInfo.environment["BIOARC_AXE"]
  private static let isReady = "document.documentElement.dataset.state === 'ready'"

  /// A lab that has run the pipeline.
  private static func lab() throws -> Lab {
    let lab = try Lab(pipeline)
    try lab.run()
    return lab
  }

  /// Writes the page of the newest run; returns its path.
  private static func page(_ lab: Lab, _ arguments: String...) throws -> String {
    let execution = try Workspace.finish(lab.workspace.process(["report"] + arguments))
    #expect(execution.status == 0, "\(execution.errors)")
    return lab.workspace.path("report.html")
  }

  private static func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  // MARK: Runs of all kinds

  @Test func `a run has a page with its best candidate, the baseline and the audit`() throws {
    let lab = try Self.lab()
    let html = try Self.text(Self.page(lab))
    for part in [
      "the first of 4 candidates in ranking", "baseline k-mer logistic regression", "audit of the task",
      "Critical path", "why steps ran", "No earlier run", "state done",
      "test mcc", "Mean dev mcc by choice", "of the mean over &#39;draw&#39;", "of two curves both thin",
      "cross-entropy, nats", "objectives: loss of mm", "objectives: loss of cl", "loss: cl, nats per view",
      "perfect probabilities of so many rows", "calibration on test", "ROC on test",
      "recall, false positives at most 5 %",
    ] { #expect(html.contains(part), "\(part)") }
    #expect(try Self.text(Self.page(lab, "pipelines/small.yaml")) == html)
    let summary = try lab.workspace.bioarc("report", "--text").output
    #expect(summary.contains("the first of 4 candidates") && summary.contains("Ranking"))
  }

  @Test func `each number of the page is in its JSON`() throws {
    let lab = try Self.lab()
    let html = try Self.text(Self.page(lab))
    let numbers = { (text: String) in text.matches(of: #/\d[\d,]*(?:\.\d+)?/#).map { String($0.output) } }
    let known = Set(numbers(try lab.workspace.bioarc("report", "--json").output.replacing("\\n", with: "\n")))
    let body = try #require(html.range(of: "<main")).upperBound
    let end = try #require(html.range(of: "</main>")).lowerBound
    let shown = html[body..<end].replacing(#/<[^>]*>/#, with: " ").replacing("&#39;", with: "'")
    #expect(numbers(String(shown)).filter { !known.contains($0) } == [])
    #expect(known.count > 200)
  }

  @Test func `the same run gives the same bytes, elsewhere and at another hour`() throws {
    let lab = try Self.lab()
    let html = try Self.text(Self.page(lab))
    let other = try Workspace()
    try FileManager.default.copyItem(atPath: lab.workspace.path("cache"), toPath: other.path("store"))
    let arguments = ["report", "--store", "store"]
    let execution = try Workspace.finish(other.process(arguments, environment: ["TZ": "Asia/Tokyo", "HOME": "/"]))
    #expect(execution.status == 0, "\(execution.errors)")
    #expect(try Self.text(other.path("report.html")) == html)
    #expect(!html.contains(lab.workspace.folder.path) && !html.contains(ProcessInfo.processInfo.hostName + ","))
    let told = try Self.text(Self.page(lab, "--places"))
    #expect(told.contains("cache") && told.contains("began"))
  }

  @Test func `a run that failed, one from the store and one that was refused say so`() throws {
    let lab = try Lab.ofParts(
      "1, 2, 3", "if [ \"$3\" = 2 ]; then echo '</script><b>bad' >&2; exit 3; fi; echo 1 > \"$2\"")
    try lab.run(["--allow-commands"], status: 1)
    let failed = try Self.text(Self.page(lab))
    #expect(failed.contains("state failed") && failed.contains("1 failed") && !failed.contains("<b>bad"))
    try lab.workspace.write(
      "stages/act.sh", "echo 1 > \"$2\"")
    try lab.run(["--allow-commands"])
    let done = try Self.text(Self.page(lab))
    #expect(done.contains("state done") && done.contains("Edits since run"))
    #expect(try lab.workspace.bioarc("report", "nonsense").status == 2)
  }

  @Test func `a run whose results were all there has a page`() throws {
    let lab = try Self.lab()
    let text = try String(contentsOfFile: lab.workspace.path("pipelines/small.yaml"), encoding: .utf8)
    // Another ranking, which is not asked for: the run before saw other keys, and so this one is logged.
    try lab.write(text.split(separator: "\n").filter { !$0.contains("audit") }.joined(separator: "\n"))
    try lab.run(["--only", "scores"])
    let html = try Self.text(Self.page(lab))
    #expect(html.contains("nothing to run") && html.contains("from the store") && html.contains("No step was started"))
  }

  @Test func `a run that goes on has a page, and one that was killed after it`() throws {
    let lab = try Lab.ofParts("1, 2", "echo $$ > HERE/pid.\"$3\"; sleep 600")
    let process = lab.workspace.process(["run", "pipelines/small.yaml", "--allow-commands", "-j", "1"])
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    #expect(Waiting.until { FileManager.default.fileExists(atPath: lab.workspace.path("pid.1")) })
    let running = try Self.text(Self.page(lab))
    #expect(running.contains("state running") && running.contains(">open<"))
    let watch = lab.workspace.process(["report", "--watch", "-o", "watched.html"])
    watch.standardError = FileHandle.nullDevice
    try watch.run()
    #expect(Waiting.until { (try? Self.text(lab.workspace.path("watched.html")).contains("data-reread")) ?? false })
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    watch.waitUntilExit()
    #expect(watch.terminationStatus == 0)
    let killed = try Self.text(Self.page(lab))
    #expect(killed.contains("state lost") && killed.contains("it logged no end"))
    let watched = try Self.text(lab.workspace.path("watched.html"))
    #expect(watched.contains("state lost") && !watched.contains("data-reread=\""))
  }

  @Test func `the page of a run whose objects are gone says which`() throws {
    let lab = try Self.lab()
    let whole = try Self.text(Self.page(lab))
    let objects = URL(fileURLWithPath: lab.workspace.path("cache/objects"))
    for name in FileManager.default.enumerator(atPath: objects.path)?.compactMap({ $0 as? String }) ?? [] {
      let path = objects.appendingPathComponent(name).path
      let facts = try FileManager.default.attributesOfItem(atPath: path)
      // Small ones are the text of the pipeline and lists of keys, which the store keeps for its runs.
      if facts[.type] as? FileAttributeType == .typeRegular, facts[.size] as? Int ?? 0 > 3000 {
        try FileManager.default.removeItem(atPath: path)
      }
    }
    let html = try Self.text(Self.page(lab))
    #expect(!whole.contains("Gone from the store") && html.contains("Gone from the store"))
    #expect(html.contains("promoters.") && html.contains("its bytes are gone"))
  }

  // MARK: In a browser

  /// Opens the page of a run in a new browser, after `prepare`; the lab stays as long as `body` looks at it.
  private static func shown(
    until condition: String = isReady, in prefix: [String] = [], _ prepare: (Browser) throws -> Void = { _ in },
    _ body: (Browser, _ path: String) throws -> Void
  ) throws {
    let lab = try lab()
    try withExtendedLifetime(lab) {
      let path = try page(lab)
      let browser = try Browser(prefix)
      try prepare(browser)
      try browser.open(path, until: condition)
      try body(browser, path)
    }
  }

  private static func show(_ browser: Browser, scheme: String, width: Int) throws {
    try browser.send(
      "Emulation.setEmulatedMedia",
      ["media": "screen", "features": [["name": "prefers-color-scheme", "value": scheme]]])
    try browser.send(
      "Emulation.setDeviceMetricsOverride", ["width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false])
  }

  @Test(.enabled(if: hasBrowser, "no chromium-headless-shell"))
  func `a page asks for nothing but itself, and complains of nothing`() throws {
    try Self.shown { browser, path in
      try browser.evaluate("document.querySelector('th button').click()")
      #expect(browser.requests == [URL(fileURLWithPath: path).absoluteString])
      #expect(browser.complaints == [])
      // The policy holds: markup that is made of text is refused.
      let refused = try browser.evaluate(
        "(() => { try { document.body.innerHTML = '<b>x</b>'; return false } catch { return true } })()")
      #expect(refused as? Bool == true)
    }
  }

  @Test(.enabled(if: hasBrowser && Browser.withoutNetwork != nil, "no browser, or no network namespace can be made"))
  func `a page works where there is no network`() throws {
    try Self.shown(in: Browser.withoutNetwork ?? []) { browser, _ in
      #expect(browser.complaints == [])
      let name = try browser.evaluate("document.querySelector('[role=grid] td').innerText") as? String ?? ""
      #expect(!name.isEmpty)
      let graph = "document.querySelector('#graph svg').getBoundingClientRect().width > 300"
      #expect(try browser.evaluate(graph) as? Bool == true)
    }
  }

  @Test(.enabled(if: hasBrowser, "no chromium-headless-shell"))
  func `without its script a page has its summary, graph, ranking, edits and reasons`() throws {
    let prepare = { (browser: Browser) throws in
      _ = try browser.send("Emulation.setScriptExecutionDisabled", ["value": true])
    }
    try Self.shown(until: "document.readyState === 'complete' && document.querySelector('main') !== null", prepare) {
      browser, _ in
      #expect(try browser.evaluate("document.documentElement.dataset.state") as? String == "static")
      let sections = try browser.evaluate(
        "['summary', 'graph', 'ranking', 'changes'].map(id => document.getElementById(id).innerText.length > 80)")
      #expect(sections as? [Bool] == [true, true, true, true])
      #expect(try browser.evaluate("document.querySelectorAll('#ranking tbody tr').length") as? Int ?? 0 >= 4)
      #expect(
        try browser.evaluate("document.querySelector('#graph svg').getBoundingClientRect().width > 300") as? Bool
          == true)
    }
  }

  @Test(.enabled(if: hasBrowser, "no chromium-headless-shell"))
  func `a printed page is light, unfolded, and no table is cut`() throws {
    try Self.shown({ try Self.show($0, scheme: "dark", width: 718) }) { browser, _ in
      let dark = [["name": "prefers-color-scheme", "value": "dark"]]
      let paper = "getComputedStyle(document.body).backgroundColor"
      #expect(try browser.evaluate(paper) as? String != "rgb(255, 255, 255)")
      try browser.send("Emulation.setEmulatedMedia", ["media": "print", "features": dark])
      try browser.evaluate("dispatchEvent(new Event('beforeprint'))")
      #expect(try browser.evaluate(paper) as? String == "rgb(255, 255, 255)")
      #expect(try browser.evaluate("document.querySelectorAll('details:not([open])').length") as? Int == 0)
      let cut = try browser.evaluate(
        "[...document.querySelectorAll('table')].filter(t => t.getBoundingClientRect().right > innerWidth + 1)"
          + ".map(t => t.closest('section').id)")
      #expect(cut as? [String] == [])
      let pdf = try browser.send("Page.printToPDF")["data"] as? String ?? ""
      #expect(Data(base64Encoded: pdf)?.prefix(5) == Data("%PDF-".utf8))
    }
  }

  @Test(.enabled(if: hasBrowser, "no chromium-headless-shell"))
  func `keys move a cell, which a screen reader reads, and reach every control`() throws {
    try Self.shown { browser, _ in
      try browser.evaluate("document.querySelector('#ranking td[tabindex=\"0\"]').focus()")
      for (key, code) in [("ArrowDown", 40), ("ArrowRight", 39)] { try browser.press(key, code) }
      let place =
        try browser.evaluate(
          "(() => { const cell = document.activeElement; return [cell.closest('tr').getAttribute('aria-rowindex'), "
            + "String(cell.cellIndex), cell.textContent] })()") as? [String]
      #expect(place?.prefix(2) == ["3", "1"])
      let nodes = try browser.send("Accessibility.getFullAXTree")["nodes"] as? [[String: Any]] ?? []
      let focused = nodes.first { node in
        (node["properties"] as? [[String: Any]] ?? []).contains { property in
          property["name"] as? String == "focused"
            && (property["value"] as? [String: Any])?["value"] as? Bool == true
            && (node["role"] as? [String: Any])?["value"] as? String != "RootWebArea"
        }
      }
      #expect((focused?["role"] as? [String: Any])?["value"] as? String == "gridcell")
      #expect((focused?["name"] as? [String: Any])?["value"] as? String == place?.last)
      // Each control has the focus once, in the order of a tab.
      let count =
        try browser.evaluate(
          "(() => { const all = [...document.querySelectorAll('a, button, input, summary, [tabindex=\"0\"]')]"
            + ".filter(e => e.checkVisibility()); window.reached = new Set(); "
            + "window.nameOf = e => e.tagName === 'TD' ? 'a cell of ' + e.closest('.rows').dataset.table : e; "
            + "window.all = all.map(window.nameOf); "
            + "document.activeElement.blur(); "
            + "document.addEventListener('focusin', e => window.reached.add(window.nameOf(e.target))); "
            + "return all.length })()") as? Int
        ?? 0
      for _ in 0..<count + 20 { try browser.press("Tab", 9) }
      let missed = try browser.evaluate(
        "window.all.filter(e => !window.reached.has(e)).map(e => (e.outerHTML ?? e).slice(0, 120))")
      #expect(missed as? [String] == [])
    }
  }

  @Test(.enabled(if: hasBrowser && axe != nil, "no browser, or BIOARC_AXE does not name axe.min.js"))
  func `axe finds nothing, in light, in dark and in a narrow window`() throws {
    let script = try String(contentsOfFile: try #require(Self.axe), encoding: .utf8)
    for (scheme, width) in [("light", 1400), ("dark", 1400), ("light", 400)] {
      try Self.shown({ try Self.show($0, scheme: scheme, width: width) }) { browser, _ in
        try browser.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        try browser.evaluate(script)
        let found = try browser.evaluate(
          "axe.run(document, { resultTypes: ['violations'] }).then(r => JSON.stringify(r.violations.map(v => "
            + "[v.id, v.impact, v.nodes.length, v.nodes[0].html.slice(0, 200), v.nodes[0].failureSummary])))")
        #expect(found as? String == "[]", "\(scheme), \(width)")
        let fits = try browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
        #expect(fits as? Bool == true, "\(scheme), \(width)")
      }
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/rsvg-convert"), "no rsvg-convert"))
  func `a figure is written as PDF, the same bytes each time`() throws {
    let lab = try Lab()
    try lab.run(["--only", "supernet[k=2]"])
    try lab.write(Lab.pipeline.replacing("steps: 6", with: "steps: 30"))
    try lab.run(["--only", "supernet[k=2]"])
    for name in ["a.pdf", "b.pdf"] {
      let execution = try lab.bioarc("show", "supernet[k=2].history", "--pdf", name)
      #expect(execution.status == 0, "\(execution.errors)")
    }
    let (first, second) = (
      try Data(contentsOf: URL(fileURLWithPath: lab.workspace.path("a.pdf"))),
      try Data(contentsOf: URL(fileURLWithPath: lab.workspace.path("b.pdf")))
    )
    #expect(first.prefix(5) == Data("%PDF-".utf8) && first == second)
    #expect(try lab.bioarc("show", "supernet[k=2].history", "--pdf", "a.pdf").status == 1)
    let lost = try Workspace.finish(
      lab.workspace.process(
        ["show", "pipelines/small.yaml", "supernet[k=2].history", "--pdf", "c.pdf"], environment: ["PATH": "/nowhere"]))
    #expect(lost.status == 1)
  }
}
