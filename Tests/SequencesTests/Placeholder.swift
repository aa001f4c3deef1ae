import Testing

@Test func placeholderSequences() {}
