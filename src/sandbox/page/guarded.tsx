import { Component, type ComponentChildren } from 'preact'

interface GuardedProps {
  /** What is shown: another one gets another chance. */
  readonly of: unknown
  readonly children?: ComponentChildren
}

/** A bug in how one thing is drawn costs that thing, not the workspace around it. */
export class Guarded extends Component<GuardedProps, { problem: string }> {
  override state = { problem: '' }

  override componentDidCatch(error: unknown): void {
    this.setState({ problem: String(error) })
    reportError(error)
  }

  override componentDidUpdate(before: GuardedProps): void {
    if (before.of !== this.props.of && this.state.problem !== '') this.setState({ problem: '' })
  }

  override render(): ComponentChildren {
    if (this.state.problem === '') return this.props.children
    return (
      <p class="sb-problem" role="alert">
        This could not be shown, which is a bug of the page: {this.state.problem}
      </p>
    )
  }
}
