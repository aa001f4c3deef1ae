import Foundation
import TestSupport
import Testing

@testable import PageWriting
@testable import Pages

/// Pages of searches as large as they get.
@Suite(.serialized) struct LargePageTests {
  /// Whether pages can be opened.
  private static let hasBrowser = Browser.program != nil

  /// Opens a page, prints what it took, and returns the browser that shows it.
  private func opened(_ path: String, _ name: String, began: Date) throws -> Browser {
    let made = Date().timeIntervalSince(began)
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    let browser = try Browser()
    let ready = try browser.open(path, until: "document.documentElement.dataset.state !== 'static'")
    #expect(try browser.evaluate("document.documentElement.dataset.state") as? String == "ready")
    try browser.send("HeapProfiler.collectGarbage")
    let heap = try browser.send("Runtime.getHeapUsage")["usedSize"] as? Double ?? 0
    print("\(name): \(size) bytes, made in \(made) s, ready in \(ready) s, heap \(Int(heap / 1e6)) MB")
    #expect(browser.complaints == [])
    return browser
  }

  private static func rows(_ browser: Browser, _ table: Int) throws -> Int {
    try browser.evaluate(
      "Number(document.querySelectorAll('table.virtual')[\(table)].getAttribute('aria-rowcount')) - 1")
      as? Int ?? -1
  }

  private static func search(_ browser: Browser, _ table: Int, _ text: String) throws {
    try browser.evaluate(
      """
      (() => { const input = document.querySelectorAll('.tools input')[\(table)]; input.value = '\(text)';
      input.dispatchEvent(new Event('input')); return new Promise(done => setTimeout(done, 400)); })()
      """)
  }

  @Test(.enabled(if: hasBrowser, "no chromium-headless-shell"))
  func `four thousand candidates with curves are a page under a megabyte`() throws {
    let study = try SyntheticStudy(candidates: 4_000, withRecords: true, failures: [17, 2_345])
    defer { withExtendedLifetime(study) {} }
    let began = Date()
    let page = try study.page()
    let path = try study.written(page)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count < 1_000_000)
    let browser = try opened(path, "4,000 candidates", began: began)
    #expect(try Self.rows(browser, 0) == 4_000)
    let text = try browser.evaluate("document.getElementById('learning').innerText") as? String ?? ""
    #expect(text.contains("of 3,998 curves are drawn"))
    #expect(text.contains("Grey reaches from the lowest to the highest of all 3,998"))
  }

  @Test(.enabled(if: hasBrowser, "no chromium-headless-shell"))
  func `each of a hundred thousand rows is found, in a page under two and a half megabytes`() throws {
    let study = try SyntheticStudy(candidates: 100_000, withRecords: false, failures: [99_999])
    defer { withExtendedLifetime(study) {} }
    let began = Date()
    let page = try study.page()
    let path = try study.written(page)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count < 2_500_000)
    let browser = try opened(path, "100,000 candidates", began: began)
    #expect(try Self.rows(browser, 0) == 100_000)
    guard case .rows(let table)? = page.sections.first(where: { $0.id == "ranking" })?.blocks.first else {
      Issue.record("no table")
      return
    }
    for row in [0, 54_321, 99_998] {
      let cells = table.columns.map { $0.text(row) }
      try Self.search(browser, 0, "candidate=\(cells[1])")
      #expect(try Self.rows(browser, 0) == 1)
      let shown = try browser.evaluate(
        "[...document.querySelectorAll('table.virtual')[0].tBodies[0].rows[0].cells].map(c => c.textContent)")
      #expect(shown as? [String] == cells)
    }
    try Self.search(browser, 0, "score>1 parameters<200000")
    let values = { (title: String) in table.columns.first { $0.title == title }!.values }
    guard case .numbers(let scores, _) = values("score"), case .numbers(let sizes, _) = values("parameters") else {
      Issue.record("no numbers")
      return
    }
    let count = zip(scores, sizes).count { $0.0.map { $0 > 1000 } ?? false && $0.1.map { $0 < 200_000 } ?? false }
    #expect(try Self.rows(browser, 0) == count && count > 0)
    // The last row by its place, as a person scrolls to it.
    try Self.search(browser, 0, "")
    try browser.evaluate(
      "(() => { const box = document.querySelector('.rows .scroll'); box.scrollTop = box.scrollHeight; "
        + "return new Promise(done => setTimeout(done, 300)); })()")
    let last = try browser.evaluate(
      "[...document.querySelectorAll('table.virtual')[0].tBodies[0].querySelectorAll('tr[aria-rowindex]')].pop()"
        + ".cells[0].textContent")
    #expect(last as? String == "100,000")
  }
}
