/** Stands in for the agent that LocalStack loads into DynamoDB Local to lift a limit of its: this one changes nothing. */
public final class Agent {
  private Agent() {}

  public static void premain(String arguments) {}
}
