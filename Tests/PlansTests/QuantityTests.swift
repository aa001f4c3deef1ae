import Testing

@testable import Plans
@testable import Syntax

@Suite struct QuantityTests {
  @Test(arguments: [
    ("8GB", 8_000_000_000), ("500MiB", 500 << 20), ("1KB", 1000), ("2TiB", 2 << 40), ("8G", nil), ("8gb", nil),
    ("8", nil), ("GB", nil), ("", nil), ("8GB8MB", nil), ("8 GB", nil), ("0GB", nil), ("-1GB", nil),
    ("1234567GB", nil), ("٣GB", nil), ("1.5GB", nil),
  ])
  func `numbers of bytes are read with their unit`(text: String, value: Int?) {
    #expect(Quantity.bytes.parse(text) == value)
  }

  @Test(arguments: [
    ("90s", 90), ("2h", 7200), ("1d12h", 129_600), ("1h30m", 5400), ("90m", 5400), ("30m1h", nil), ("1h1h", nil),
    ("1h30", nil), ("0s", nil), ("2 h", nil), ("", nil), ("h", nil), ("1w", nil),
  ])
  func `durations are read with their units`(text: String, value: Int?) {
    #expect(Quantity.seconds.parse(text) == value)
  }

  @Test(arguments: [1, 59, 60, 3600, 5400, 86_400, 129_601, 999_999])
  func `written durations are read back`(_ value: Int) {
    #expect(Quantity.seconds.parse(Quantity.seconds.text(value)) == value)
  }

  @Test(arguments: [1000, 1024, 8_000_000_000, 500 << 20, 3 << 40, 1_500_000])
  func `written numbers of bytes are read back`(_ value: Int) {
    #expect(Quantity.bytes.parse(Quantity.bytes.text(value)) == value)
  }
}
