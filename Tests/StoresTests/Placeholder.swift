import Testing

@Test func placeholderStores() {}
