// What a preloaded package has seen, and what it gives to the program that runs after it.
export const seen: unknown[] = [];

export const given: {
  unwrap?: () => void;
  sinon?: {
    stub(object: object, name: string): { returns(value: unknown): void };
    spy(object: object, name: string): void;
    restore(): void;
  };
} = {};
