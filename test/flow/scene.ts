import { connectSandbox, type RemoteSandbox } from '../../src/sandbox/client/index.ts'
import { type Mode, openScene, type PlaceOptions, type Scene } from '../house.ts'

/** A scene whose people act from outside, through the control API of the sandbox, as other people's tests would. */
export interface FlowScene extends Omit<Scene, 'slack'> {
  readonly slack: RemoteSandbox
}

export async function openFlow(mode: Mode = 'socket', options: PlaceOptions = {}): Promise<FlowScene> {
  const scene = await openScene(mode, options)
  const slack = await connectSandbox(scene.place.slack.url)
  return {
    ...scene,
    slack,
    close: async () => {
      await slack.close()
      await scene.close()
    },
  }
}
