import Stages
import Testing

@Suite struct NumericsTests {
  @Test func `the numeric environment describes itself`() {
    let environment = Numerics.environment()
    #expect(Set(environment.keys) == ["bf16", "kernels", "lapack", "toolchain"])
    #expect(Numerics.kernelsFuse == (environment["kernels"] != "baseline"))
    print("numeric environment:", environment.sorted { $0.key < $1.key })
  }
}
