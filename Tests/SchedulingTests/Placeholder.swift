import Testing

@Test func placeholderScheduling() {}
