import Testing

@Test func placeholderPlans() {}
