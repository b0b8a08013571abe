import { Component, type ComponentChildren, createElement, type FunctionComponent } from 'preact'

/** The same component, rendered again only when one of its props is another. */
export function still<P extends object>(Inner: FunctionComponent<P>): new (props: P) => Component<P> {
  return class Still extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const keys = new Set([...Object.keys(next), ...Object.keys(this.props)]) as Set<keyof P>
      return [...keys].some((key) => !Object.is(next[key], (this.props as P)[key]))
    }

    override render(): ComponentChildren {
      return createElement(Inner, this.props as P)
    }
  }
}
